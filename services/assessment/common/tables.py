"""Where the tables of this service are known to SQLAlchemy Core. They are made by the migrations."""

from sqlalchemy import MetaData

metadata = MetaData()
