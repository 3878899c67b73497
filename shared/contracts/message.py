"""What every command and fact has in common: its wire type, partition key and subject."""

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen value inside a message."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Message(Part):
    """A frozen JSON body; what it is called on the wire is said once, on its class.

    Subclasses name ``owner`` (the service whose word this is), ``version``, and the fields that
    hold the partition key and the subject (the aggregate it is about).
    """

    owner: ClassVar[str]
    version: ClassVar[int]
    type: ClassVar[str]
    key_field: ClassVar[str]
    subject_field: ClassVar[str]

    def __init_subclass__(
        cls, *, owner: str = "", key: str = "", subject: str = "", version: int = 1
    ) -> None:
        super().__init_subclass__()
        if owner:
            cls.owner, cls.version = owner, version
            cls.type = f"kameng.{owner}.{cls.__name__}.v{version}"
            cls.key_field, cls.subject_field = key, subject

    @property
    def partition_key(self) -> str:
        """What decides its partition."""
        value: str = getattr(self, self.key_field)
        return value

    @property
    def subject(self) -> str:
        """The aggregate it is about: `ce_subject`; records of one subject keep their order."""
        value: str = getattr(self, self.subject_field)
        return value

    def encode(self) -> bytes:
        """The JSON body, exactly the bytes that are chained."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)

    @classmethod
    def decode(cls, body: bytes) -> Self:
        """The message in ``body``; raises pydantic's ValidationError when it is not one."""
        return cls.__pydantic_validator__.validate_json(body)  # type: ignore[no-any-return]  # pydantic-core is untyped here


class Command(Message):
    """What somebody asks of a service. It may be refused, and is safe to repeat for ever."""


class Fact(Message):
    """What has happened, in the past tense. It is never edited: a new shape is a new version."""
