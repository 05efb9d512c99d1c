"""The template of a kind of spreadsheet: headings, cell formats, and lists of values."""

from collections import Counter
from datetime import date

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.projects.common import industries
from services.projects.common.models import Answer
from services.projects.imports.kinds import MEETINGS, Kind
from services.projects.plan import reference
from services.projects.plan.views import PROGRAMME
from shared.language import Language


class Choice(Answer):
    """A value that a cell may have, and what it means."""

    value: str
    name: str


class TemplateColumn(Answer):
    """A column of a template."""

    title: str = Field(description="heading in the reader's language, with its unit")
    field: str
    required: bool
    money: bool = Field(description="an amount, in the heading's unit")
    form: str = Field(description="how its cells are written")
    example: str
    choices: str | None = Field(description="the list that its cells are chosen from")


class ImportTemplate(Answer):
    """What a spreadsheet of a kind looks like: the gateway makes a workbook of it."""

    kind: str
    term: str
    columns: list[TemplateColumn]
    lists: dict[str, list[Choice]] = Field(description="the lists that cells are chosen from")


async def template(conn: AsyncConnection, kind: Kind, on: date, language: Language) -> ImportTemplate:
    """The template of a kind on a day, in the reader's language."""
    wanted = {column.choices for column in kind.columns if column.choices}
    return ImportTemplate(
        kind=kind.name,
        term=kind.term,
        columns=[
            TemplateColumn(
                title=column.title(language),
                field=column.field,
                required=column.required,
                money=column.money,
                form=column.form.to(language),
                example=_example(column.example, language, money=column.money),
                choices=column.choices,
            )
            for column in kind.columns
        ],
        lists={name: await _choices(conn, name, on, language) for name in sorted(wanted)},
    )


def _example(example: str, language: Language, *, money: bool) -> str:
    """An amount's example is in 万元, as the Chinese heading has it; the English one is in yuan."""
    return f"{example}0000" if money and example and language == "en" else example


async def _choices(conn: AsyncConnection, name: str, on: date, language: Language) -> list[Choice]:
    match name:
        case "regions":
            regions = await reference.regions(conn)
            names = Counter(each.name for each in regions)
            return [
                Choice(value=each.name, name=each.code)
                if names[each.name] == 1
                else Choice(value=each.code, name=each.name)
                for each in regions
            ]
        case "industries":
            return [Choice(value=each.code, name=each.name) for each in industries.on(on).values()]
        case "programmes":
            rows = (await conn.execute(select(PROGRAMME).order_by(PROGRAMME.c.code))).all()
            return [Choice(value=row.code, name=row.name) for row in rows]
        case "tags":
            tags = (await reference.loaded_tags(conn)).values()
            return [
                Choice(value=each.tag, name=each.term if language == "zh" else each.name) for each in tags
            ]
        case "meetings":
            return [Choice(value=zh if language == "zh" else en, name=en) for zh, en in MEETINGS.items()]
        case _:
            return [Choice(value="是" if language == "zh" else "yes", name="")]
