"""What all operations share: the register of operations, what they act on, and the types of their fields."""

from services.energy.app.context import Energy
from services.energy.common.models import Answer as Answer
from services.energy.common.models import Cursor as Cursor
from services.energy.common.models import Figure as Figure
from services.energy.common.models import Limit as Limit
from services.energy.common.models import Request as Request
from services.energy.common.models import example as example
from services.energy.common.refusal import Refused
from services.energy.common.values import Basis as Basis
from services.energy.common.values import CarrierCode as CarrierCode
from services.energy.common.values import Day as Day
from services.energy.common.values import EnterpriseId as EnterpriseId
from services.energy.common.values import Line as Line
from services.energy.common.values import MeterId as MeterId
from services.energy.common.values import Moment as Moment
from services.energy.common.values import Note as Note
from services.energy.common.values import Quantity as Quantity
from services.energy.common.values import Reason as Reason
from services.energy.common.values import RegionCode as RegionCode
from services.energy.common.values import ShortText as ShortText
from services.energy.common.values import StatisticType as StatisticType
from shared.rpc import Operations

ops = Operations("energy", Refused)


class Serving:
    """What the operations act on: set once by `serve`, before the first call can arrive."""

    energy: Energy
