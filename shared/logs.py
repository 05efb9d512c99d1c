"""Log lines as JSON, one object per line, to stdout and to a file per process.

Every line says which process wrote it, whether its clock is simulated, and in which trace it stands, so that
a line leads to the trace and a trace to its lines. Log times are system time, whatever the Clock says.
"""

import logging
import sys
import time
from logging.handlers import RotatingFileHandler
from typing import Any, cast

import structlog
from opentelemetry import _logs, trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.trace import format_span_id, format_trace_id
from structlog.typing import EventDict, WrappedLogger

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
_NOISY = ("httpx", "httpcore", "uvicorn.access", "nats", "faststream", "asyncio", "alembic.runtime.plugins")


def setup(process: str, settings: Settings) -> structlog.stdlib.BoundLogger:
    """Configure structlog and stdlib logging for this process; answers with the process's logger.

    A second call replaces the first one's handlers.
    """
    shared_processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Origin(process, settings.clock == "simulated"),
        _add_trace,
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
        handlers.append(
            RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
        )
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(process))


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
