"""What all tables of this service share. The migrations create the tables."""

from sqlalchemy import MetaData, Numeric

metadata = MetaData()
MONEY = Numeric(18, 2)
"""CNY (yuan)."""
