"""The staff's pages of conventions, inside the admin."""

from django.contrib import admin

from funding.models import Convention

from .conventions import ConventionAdmin

admin.site.register(Convention, ConventionAdmin)
