"""What all tables of this service share. They are made by the migrations."""

from sqlalchemy import MetaData, Numeric

metadata = MetaData()
MONEY = Numeric(18, 2)
"""CNY (yuan)."""
