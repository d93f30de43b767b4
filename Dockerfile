# The tested versions, frozen: for archives and computing centres.
#   docker build -t random-features . && docker run --rm -p 8888:8888 random-features
FROM python:3.11-slim-bookworm

RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core git make \
 && rm -rf /var/lib/apt/lists/*

# One user without rights, as Binder and most computing centres want it.
RUN useradd --create-home reader && install --directory --owner=reader --group=reader /home/reader/book
USER reader
WORKDIR /home/reader/book

ENV PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu PIP_NO_CACHE_DIR=1 RF_REQUIRE_BROWSER=1
COPY --chown=reader:reader . .
RUN make venv \
 && .venv/bin/python -m pip install --no-cache-dir -c constraints.txt jupyterlab \
 && make book

EXPOSE 8888
CMD [".venv/bin/python", "-m", "jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser", "book"]
