"""The intake's OpenAPI document: the handler takes the raw request, so it is written here by hand."""

from typing import Any

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "where": {"type": "string", "description": "names the field or reading, e.g. readings[3].value"},
        "remedy": {"type": "string"},
        "retry_after": {"type": "integer", "description": "seconds"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}

_METER = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^[^\s]+$"}
_TIME = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}],
    "description": "ISO 8601 with an offset, or seconds or milliseconds since 1970; a register's moment, or the "
    "interval's `label`",
}
_VALUE = {
    "anyOf": [{"type": "number"}, {"type": "string", "format": "decimal"}, {"type": "null"}],
    "description": "register or quantity, exact to three decimals (rounded half to even), as a number or its text "
    "(digits 0 to 9, a point, an exponent); null voids, in a correction",
}
_QUALITY = {
    "enum": ["N", "S", "F", "D", "T", "B", "M", "C"],
    "description": "HJ/T 212: N normal, S set by hand, F stopped; D, T, B, M, C: not a measurement, quarantined",
}

_BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "readings": {
            "type": "array",
            "minItems": 1,
            "maxItems": 5000,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["meter", "time", "value"],
                "properties": {"meter": _METER, "time": _TIME, "value": _VALUE, "quality": _QUALITY},
            },
        },
        "columns": {
            "type": "object",
            "additionalProperties": False,
            "required": ["meter", "time", "value"],
            "properties": {
                "meter": {
                    "anyOf": [_METER, {"type": "array", "items": _METER, "minItems": 1, "maxItems": 5000}]
                },
                "time": {"type": "array", "items": _TIME, "minItems": 1, "maxItems": 5000},
                "value": {"type": "array", "items": _VALUE, "minItems": 1, "maxItems": 5000},
                "quality": {"type": "array", "items": _QUALITY, "maxItems": 5000},
            },
        },
        "unit": {"type": "string", "maxLength": 16, "description": "must be the meters' own, e.g. kWh"},
        "kind": {"enum": ["", "register", "interval"], "description": "must be the meters' own"},
        "label": {"enum": ["end", "start"], "description": "which end of its interval `time` names"},
        "interval_seconds": {"type": "integer", "minimum": 0, "maximum": 31622400},
        "statistic_type": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3,
            "description": "0 real-time 实时, 1 daily 日, 2 monthly 月, 3 yearly 年; never added to each other",
        },
        "correction": {"type": "boolean", "description": "these values replace others; needs reported_at"},
        "reported_at": {
            "type": "string",
            "format": "date-time",
            "description": "of two corrections the later holds",
        },
    },
    "oneOf": [{"required": ["readings"]}, {"required": ["columns"]}],
}

_BEARER = {
    "name": "Authorization",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "Bearer <enterprise>.<secret>: the device credential",
}

REQUEST: dict[str, Any] = {
    "parameters": [
        _BEARER,
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            "description": "optional: (meter, time, statistic type) suffices to count a reading once",
        },
        {
            "name": "Content-Encoding",
            "in": "header",
            "required": False,
            "schema": {"enum": ["gzip", "identity"]},
        },
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": _BODY,
                "examples": {
                    "rows": {
                        "value": {
                            "readings": [
                                {
                                    "meter": "FZ-STEEL-01-E1",
                                    "time": "2013-01-05T08:15:00+08:00",
                                    "value": "12345.678",
                                },
                                {
                                    "meter": "FZ-STEEL-01-G1",
                                    "time": "2013-01-05T08:15:00+08:00",
                                    "value": 991.5,
                                },
                            ]
                        }
                    },
                    "columns": {
                        "value": {
                            "columns": {
                                "meter": "FZ-STEEL-01-E1",
                                "time": [1357344900, 1357345800],
                                "value": [12345.678, 12346.012],
                            },
                            "unit": "kWh",
                        }
                    },
                    "correction": {
                        "value": {
                            "readings": [
                                {
                                    "meter": "FZ-STEEL-01-E1",
                                    "time": "2013-01-05T08:15:00+08:00",
                                    "value": "12045.678",
                                }
                            ],
                            "correction": True,
                            "reported_at": "2013-01-07T10:00:00+08:00",
                        }
                    },
                },
            }
        },
    },
}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _PROBLEM}}}


RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "stored; the receipt tells later what became of each reading",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["receipt", "readings", "status_url"],
                    "properties": {
                        "receipt": {"type": "string", "format": "uuid"},
                        "readings": {"type": "integer"},
                        "status_url": {"type": "string"},
                    },
                }
            }
        },
    },
    400: _problem("not JSON, not gzip, or a bad key"),
    401: _problem("no valid device credential"),
    413: _problem("too large"),
    415: _problem("not application/json"),
    422: _problem("a reading has not the right shape; it is named"),
    429: _problem("more than a fair share; send again after Retry-After"),
    503: _problem("not stored; send again after Retry-After"),
}

RECEIPT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "state `pending` or `done`",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["receipt", "state"],
                    "properties": {
                        "receipt": {"type": "string", "format": "uuid"},
                        "state": {"enum": ["pending", "done"]},
                        "readings": {"type": "integer"},
                        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
                        "exceptions": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "from": {"type": "integer", "description": "index of the first reading"},
                                    "to": {"type": "integer", "description": "and of the last one"},
                                    "outcome": {
                                        "enum": ["duplicate", "revised", "superseded", "quarantined"]
                                    },
                                    "reason": {"type": ["string", "null"]},
                                },
                            },
                        },
                        "released": {
                            "type": "array",
                            "items": {"type": "integer"},
                            "description": "quarantined readings that were stored since",
                        },
                    },
                }
            }
        },
    },
    401: _problem("no valid device credential"),
    404: _problem("no such receipt of this enterprise"),
    503: _problem("can't be read at the moment"),
}
