"""A drawing of the book as PDF: one page of its size, with the licence as a line below it and in the file's data.

fpdf2 draws SVG paths as PDF paths. The letters of the figures are paths already, so no font has to be embedded; the
licence line is set in Helvetica, which every reader of PDF has.
"""

import datetime
import functools

FONT, LARGEST, MARGIN = "Helvetica", 6.0, 6.0
#: The same bytes for the same drawing.
DATE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def library() -> str:
    import fpdf

    return f"fpdf2 {fpdf.__version__}"


@functools.cache
def _letters():
    import fpdf

    pdf = fpdf.FPDF(unit="pt")
    pdf.set_font(FONT, size=1000)
    return pdf


def line_size(text: str, width: float) -> tuple[float, float]:
    """Size of the letters, and length of the line, with which a text fits below a drawing of this width."""
    at_one = _letters().get_string_width(text) / 1000
    size = min(LARGEST, (width - 2 * MARGIN) / at_one)
    return size, size * at_one


def pdf_file(job: tuple) -> bytes:
    """The drawing (SVG with fixed colours, of this width and height in points) with its line, as a file."""
    drawing, width, height, line, colour, title, author, credit, address = job
    import fpdf
    from fpdf.svg import SVGObject

    pdf = fpdf.FPDF(unit="pt", format=(width, height + line))
    pdf.set_creation_date(DATE)
    pdf.set_lang("en")
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_subject(credit)
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.c_margin = 0
    pdf.add_page()
    sized = drawing.replace("<svg ", f'<svg width="{width}pt" height="{height}pt" ', 1)
    SVGObject(sized).draw_to_page(pdf)
    size, _ = line_size(credit, width)
    pdf.set_font(FONT, size=size)
    pdf.set_text_color(*(int(colour[k : k + 2], 16) for k in (1, 3, 5)))
    pdf.set_xy(0, height)
    pdf.cell(width, line, credit, align="C", link=address)
    return bytes(pdf.output())
