"""Requests and answers about the registers that a project stands in (重点项目名单), with dates (X-22)."""

from datetime import date

from pydantic import ConfigDict, Field

from services.projects.models.base import (
    Answer,
    ProjectId,
    RegisterCode,
    Request,
    ShortText,
)


class RegisterMembership(Request):
    """A stay in a register, both days included."""

    register_: RegisterCode = Field(alias="register")
    valid_from: date = Field(description="first day in it", examples=["2013-02-01"])
    valid_to: date | None = Field(default=None, description="last day in it; null: still in it")


class JoinRegister(Request):
    """The project comes into a register."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"project": "FZ-2013-017", "register": "provincial_key", "on": "2013-03-01"}]
        }
    )

    project: ProjectId
    register_: RegisterCode = Field(alias="register")
    on: date = Field(description="first day in it")


class LeaveRegister(Request):
    """The project goes out of a register."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "project": "FZ-2013-017",
                    "register": "city_key",
                    "on": "2013-09-30",
                    "reason": "given up by the owner",
                }
            ]
        }
    )

    project: ProjectId
    register_: RegisterCode = Field(alias="register")
    on: date = Field(description="last day in it")
    reason: ShortText = Field(description="why it leaves")


class RegisterStay(Answer):
    """A stay in a register, both days included."""

    register_: str = Field(alias="register")
    valid_from: date
    valid_to: date | None
    updates: int = Field(
        default=0,
        description="how often it was looked at, in the reserve library: the version of a reserve update",
    )
