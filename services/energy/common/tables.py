"""Where this service's tables are known to SQLAlchemy. Their meaning stands in the migrations."""

from sqlalchemy import MetaData

metadata = MetaData()
