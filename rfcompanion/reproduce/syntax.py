"""Code as a text that changes with the code, and with nothing else: comments, layout, the version of Python."""

import ast


def canonical(node) -> str:
    """A syntax tree as text: ``ast.unparse`` and ``ast.dump`` change with the version of Python, this does not.

    Parameters
        node : tree of :mod:`ast`, a list of them, or a value in one.

    Returns
        str.

    Source
        No formula.
    """
    if isinstance(node, list):
        return f"[{','.join(map(canonical, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.JoinedStr):  # Python 3.12 ends some format specifications with an empty text
        node = ast.JoinedStr([part for part in node.values if getattr(part, "value", None) != ""])
    fields = [(name, value) for name, value in ast.iter_fields(node) if value is not None and value != []]
    return f"{type(node).__name__}({','.join(f'{name}={canonical(value)}' for name, value in fields)})"
