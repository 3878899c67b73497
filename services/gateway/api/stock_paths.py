"""The SKU that a path of the stock is about."""

from typing import Final

from starlette.requests import Request

from .problems import Problem

SKU_LENGTH_MAX: Final = 100


def sku_of(request: Request) -> str:
    """The SKU named in the path; raises NOT_FOUND where it cannot be one."""
    sku: str = request.path_params["sku"]
    if len(sku) > SKU_LENGTH_MAX or not sku.isprintable():
        raise Problem("NOT_FOUND")
    return sku
