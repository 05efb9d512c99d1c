"""Log lines as JSON, one object per line, to stdout and to a file per process.

Every line says which process wrote it, whether its clock is simulated, and in which trace it stands, so that
a line leads to the trace and a trace to its lines. Log times are system time, whatever the Clock says.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from typing import Any, cast

import structlog
from opentelemetry import _logs, trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.trace import format_span_id, format_trace_id
from structlog.typing import EventDict, WrappedLogger

from shared.outage import is_outage, reason
from shared.private_files import opener
from shared.settings import Settings

FILE_BYTES = 20_000_000
FILES_KEPT = 3
_SEVERITY = {
    "debug": SeverityNumber.DEBUG,
    "info": SeverityNumber.INFO,
    "warning": SeverityNumber.WARN,
    "error": SeverityNumber.ERROR,
    "critical": SeverityNumber.FATAL,
}
QUIET_S = 60.0
"""Seconds between two lines about telemetry that can't be delivered."""
_DELIVERY = ("opentelemetry", "urllib3")
_NOISY = ("httpx", "httpcore", "uvicorn.access", "nats", "faststream", "asyncio", "alembic.runtime.plugins")


def setup(process: str, settings: Settings) -> structlog.stdlib.BoundLogger:
    """Configure structlog and stdlib logging for this process; returns the process's logger.

    A second call replaces the first one's handlers.
    """
    shared_processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Origin(process, settings.clock == "simulated"),
        _add_trace,
        _outage_in_one_line,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared_processors, _to_otlp, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared_processors, _to_otlp],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if settings.log_dir is not None:
        settings.log_dir.mkdir(parents=True, exist_ok=True)
        path = settings.log_dir / f"{process}.log"
        handlers.append(_PrivateFile(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    undelivered = _OncePerMinute()
    for handler in handlers:
        handler.setFormatter(formatter)
        handler.addFilter(undelivered)
        root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(process))


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        descriptor = opener(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        return cast(TextIOWrapper, os.fdopen(descriptor, self.mode, encoding=self.encoding))


class _OncePerMinute(logging.Filter):
    """Lets one line a minute through of what OpenTelemetry says about a collector that doesn't take its data.

    It speaks of each batch, each repeat and each of three signals. One line, without its stack, says as much.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._last = -QUIET_S
        self._judged: tuple[logging.LogRecord | None, bool] = (None, True)
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(_DELIVERY):
            return True
        if record is not self._judged[0]:  # a record passes the filter of each handler
            self._judged = record, self._take(record)
        return self._judged[1]

    def _take(self, record: logging.LogRecord) -> bool:
        if self._now() - self._last < QUIET_S:
            self._left_out += 1
            return False
        reason = record.exc_info[1] if record.exc_info else None
        record.msg, record.args = self._line(record.getMessage(), reason), ()
        record.exc_info = record.exc_text = None
        self._last, self._left_out = self._now(), 0
        return True

    def _line(self, message: str, reason: BaseException | None) -> str:
        said = " ".join(message.split()) + (f" ({type(reason).__name__}: {reason})" if reason else "")
        more = f" [{self._left_out} such lines left out]" if self._left_out else ""
        return f"telemetry is not delivered: {said}{more}"


class _Origin:
    def __init__(self, process: str, simulated: bool) -> None:
        self._process = process
        self._simulated = simulated

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.setdefault("process", self._process)
        event["simulated"] = self._simulated
        return event


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = format_trace_id(span.trace_id)
        event["span_id"] = format_span_id(span.span_id)
    return event


def _outage_in_one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Log a database outage with its reason in place of the stack: where we were when it began helps nobody."""
    given = event.get("exc_info")
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    on_files = isinstance(error, OSError) and not isinstance(error, ConnectionError)
    if isinstance(error, BaseException) and is_outage(error) and not on_files:
        del event["exc_info"]
        event["outage"] = reason(error)
    return event


def _to_otlp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hand the line to OpenTelemetry too; without a configured provider this costs nothing and goes nowhere."""
    level = str(event.get("level", "info"))
    attributes: dict[str, Any] = {
        key: value if isinstance(value, (str, bool, int, float)) else str(value)
        for key, value in event.items()
        if key not in ("event", "level", "timestamp") and not key.startswith("_")
    }
    _logs.get_logger("shared.logs").emit(
        LogRecord(
            timestamp=time.time_ns(),
            severity_text=level,
            severity_number=_SEVERITY.get(level, SeverityNumber.INFO),
            body=str(event.get("event", "")),
            attributes=attributes,
        )
    )
    return event
