"""What an operator sets reaches the services; the admin's rights do not (D5)."""

import pytest

from deploy.local.units import UNITS, Instance


def test_settings_of_a_service_reach_it_and_the_admins_rights_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KAMENG_ORDERS_PAYMENT_MS", "45000")
    monkeypatch.setenv("KAMENG_KAFKA", "kafka://admin:secret@127.0.0.1:9092")
    monkeypatch.setenv("KAMENG_POSTGRES", "postgresql://admin:secret@127.0.0.1/kameng")
    orders = next(unit for unit in UNITS if unit.name == "orders")
    told = Instance(orders, 1, {"KAMENG_KAFKA_USER": "orders"}).recipe().make().env
    assert told["KAMENG_ORDERS_PAYMENT_MS"] == "45000"
    assert told["KAMENG_KAFKA_USER"] == "orders"
    assert not {"KAMENG_KAFKA", "KAMENG_POSTGRES"} & told.keys()
