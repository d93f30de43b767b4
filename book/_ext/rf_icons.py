"""The theme's icons as drawings in their place, instead of 1.5 MB of icon script."""

import functools
import re

#: <i class="fa-solid fa-bars"></i>, or a <span>
_ICON = re.compile(
    r'<(i|span) class="((?:fa[bsr]?|fa-solid|fa-brands|fa-regular|theme-switch)\s[^"]*)"([^>]*)>\s*</\1>'
)
_SIZES = {"fa-lg", "fa-solid", "fa-brands", "fa-regular"}


class Icons:
    """The drawings of the theme's icons, read from the script that it ships."""

    def __init__(self, script: str):
        self.script = script

    @functools.cache  # noqa: B019  (one object a build)
    def path(self, name: str) -> tuple[str, str]:
        """View box and path of an icon; the last entry of a name is the filled style, which the theme uses."""
        pattern = rf'["{{,]"?{re.escape(name)}"?:\[(\d+),(\d+),\[[^\]]*\],"[0-9a-f]+","([^"]+)"'
        found = re.findall(pattern, self.script)
        if not found:
            raise LookupError(f"the theme's icon script has no icon {name!r}")
        width, height, drawing = found[-1]
        return f"0 0 {width} {height}", drawing

    def replace(self, page: str) -> str:
        def drawing(match):
            names = [word for word in match[2].split() if word.startswith("fa-") and word not in _SIZES]
            if len(names) != 1:
                return match[0]
            box, path = self.path(names[0].removeprefix("fa-"))
            classes = " ".join(match[2].split())
            return (
                f'<svg class="svg-inline--fa {classes}"{match[3]} aria-hidden="true" viewBox="{box}">'
                f'<path fill="currentColor" d="{path}"/></svg>'
            )

        return _ICON.sub(drawing, page)
