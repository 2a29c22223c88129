"""Receives files: keeps the name as the browser sent it, so that a hostile one is refused and not silently mended, and
stops storing what is over the limit."""

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    SkipFile,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict


class _Parser(MultiPartParser):
    """Django's parser, which strips path parts and hidden characters from names; the names as sent are kept aside."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.sent: dict[str, str] = {}

    def sanitize_file_name(self, file_name: str) -> str | None:
        cleaned: str | None = super().sanitize_file_name(file_name)
        if cleaned and (cleaned not in self.sent or cleaned != file_name):
            self.sent[cleaned] = file_name
        return cleaned


class _Limit(FileUploadHandler):
    """Lets no file over the limit reach the handlers that store; `too_big` names them."""

    def __init__(self, request: HttpRequest | None) -> None:
        super().__init__(request)
        self.too_big: list[tuple[str, str]] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self.too_big.append((self.field_name, str(self.file_name)))
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class DepositUploadHandler(FileUploadHandler):
    """The one upload handler of the settings: it parses each multipart request itself, with Django's own storage."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: bytes, encoding: Any = None
    ) -> tuple[QueryDict, MultiValueDict]:
        """The posted fields and files; each file has its `sent_name`. One over the limit comes empty, with its size."""
        limit = _Limit(self.request)
        handlers = [limit, MemoryFileUploadHandler(self.request), TemporaryFileUploadHandler(self.request)]
        parser = _Parser(META, input_data, handlers, encoding or "utf-8")
        post, files = parser.parse()
        for field, name in limit.too_big:
            files.appendlist(field, UploadedFile(io.BytesIO(), name, size=settings.UPLOAD_MAX_BYTES + 1))
        for _, uploads in files.lists():
            for uploaded in uploads:
                uploaded.sent_name = parser.sent.get(uploaded.name, uploaded.name)
        return post, files

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def sent_name(uploaded: UploadedFile) -> str:
    """The name of a deposited file as its browser sent it."""
    return str(getattr(uploaded, "sent_name", None) or uploaded.name or "")
