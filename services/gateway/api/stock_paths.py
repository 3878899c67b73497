"""The SKU that a path of the stock is about."""

from typing import Final

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from .problems import Problem
from .shapes import Id

NAMES: Final[TypeAdapter[str]] = TypeAdapter(Id)


def sku_of(request: Request) -> str:
    """The SKU named in the path; raises NOT_FOUND where it cannot be one.

    It comes back in headers, which hold no other letters than those that names may have.
    """
    try:
        return NAMES.validate_python(request.path_params["sku"])
    except ValidationError:
        raise Problem("NOT_FOUND") from None
