"""What the staff's admin lists: the board, the calls, the mails, the journal, background work, accounts and roles."""

from django.contrib import admin

from ami_portal.accounts.models import Organisation, RoleGrant, User
from ami_portal.audit.models import AuditEvent
from ami_portal.jobs.models import Job
from ami_portal.notifications.models import Message
from applications.models import Call, Dossier

from .people_admin import OrganisationAdmin, RoleGrantAdmin, UserAdmin
from .staff.board import DossierAdmin
from .staff.calls import CallAdmin
from .staff.lists import AuditEventAdmin, JobAdmin
from .staff.mails import MessageAdmin

admin.site.register(Dossier, DossierAdmin)
admin.site.register(Call, CallAdmin)
admin.site.register(Message, MessageAdmin)
admin.site.register(AuditEvent, AuditEventAdmin)
admin.site.register(Job, JobAdmin)
admin.site.register(User, UserAdmin)
admin.site.register(RoleGrant, RoleGrantAdmin)
admin.site.register(Organisation, OrganisationAdmin)
