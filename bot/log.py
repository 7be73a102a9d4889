"""How the program's log looks: a constant phrase and fields, on standard error."""

import logging
import sys

import structlog

from bot.secret import masked

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def start_log(level: str, form: str) -> None:
    """Send log lines at or above a level to standard error, for people ("text") or machines ("json")."""
    look = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else _for_people()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_secrets,
            look,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # A tick that finds the last one busy is no news, and jobs log their own errors.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def _without_secrets(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Addresses of feeds may hold keys, and they stand in fields and tracebacks alike."""
    return {name: masked(value) if isinstance(value, str) else value for name, value in event.items()}


def _for_people() -> structlog.dev.ConsoleRenderer:
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
