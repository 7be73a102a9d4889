"""A query as it is typed on the command line, where a minus begins options too."""

from typing import Any

from typer.core import TyperCommand


class Query(TyperCommand):
    """A command whose words may have a minus before them: -nvidia is no option, while --limt is a mistyped one."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments with what has one minus behind all others, where no option is looked for."""
        end = args.index("--") if "--" in args else len(args)
        unwanted = [word for word in args[:end] if word[:1] == "-" and word[1:2] not in {"", "-"} and word != "-h"]
        others = [word for word in args[:end] if word not in unwanted]
        return super().parse_args(ctx, [*others, "--", *unwanted, *args[end + 1 :]])
