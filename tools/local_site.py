"""The built book served on this computer as a static host serves it: compressed, with lifetimes."""

import contextlib
import gzip
import http.server
import mimetypes
import threading
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from build_book import HTML


class Handler(http.server.BaseHTTPRequestHandler):
    """Files of the built book, compressed as a static host sends them."""

    protocol_version = "HTTP/1.1"
    cache: ClassVar[dict] = {}

    def do_GET(self):
        path = (HTML / unquote(urlsplit(self.path).path).lstrip("/")).resolve()
        if path.is_dir():
            path /= "index.html"
        if not path.is_file() or HTML.resolve() not in path.parents:
            self.send_error(404)
            return
        if path not in self.cache:
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            text = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml"))
            content = path.read_bytes()
            self.cache[path] = (
                f"{kind}; charset=utf-8" if text else kind,
                text,
                gzip.compress(content) if text else content,
            )
        kind, compressed, content = self.cache[path]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        if compressed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served():
    """The address of the book on a free port of this computer."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
