"""What the staff's admin lists."""

from django.contrib import admin

from ami_portal.accounts.models import Organisation, RoleGrant, User

from .people_admin import OrganisationAdmin, RoleGrantAdmin, UserAdmin

admin.site.register(User, UserAdmin)
admin.site.register(RoleGrant, RoleGrantAdmin)
admin.site.register(Organisation, OrganisationAdmin)
