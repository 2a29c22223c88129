"""Accounts, roles and organisations in the admin: what an administrator keeps, each change noted in the journal."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods
from django_otp.plugins.otp_totp.models import TOTPDevice

from ami_portal.accounts import devices
from ami_portal.accounts.enums import OrganisationKind, Role
from ami_portal.accounts.models import Organisation, RoleGrant, User
from ami_portal.accounts.rules import users_visible_to
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.ui import wording
from ami_portal.ui.admin import PortalModelAdmin
from ami_portal.ui.forms import ReasonForm

from . import people

KEEPS_ACCOUNTS = "accounts.manage_accounts"


class UserForm(forms.ModelForm):
    """An address is found whatever its case."""

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "is_active"]

    def clean_email(self) -> str:
        """In lower case, as sign-in looks for it."""
        return str(self.cleaned_data["email"]).lower()


class RoleGrantInline(admin.TabularInline):
    """The roles of one person: given and taken back, never changed."""

    model = RoleGrant
    template = "admin/edit_inline/portal_rows.html"
    extra = 1
    fields = ["role", "organisation", "vouched_for"]
    verbose_name_plural = "rôles"

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return db_field.formfield(
            choices_form_class=forms.TypedChoiceField, choices=[("", "Choisir un rôle"), *Role.choices]
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "vouched_for":
            field.label = "membre par attestation"
            field.help_text = (
                "Si l’adresse n’est d’aucun domaine du partenaire : d’où vous tenez qu’elle en est membre."
            )
        for link in ("add", "change", "view", "delete"):
            setattr(field.widget, f"can_{link}_related", False)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        partners = Organisation.objects.filter(kind=OrganisationKind.PARTNER)
        return forms.ModelChoiceField(partners, required=False, label="pour l’organisation", empty_label="Aucune")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever opens the page of the person

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(obj and obj.is_active)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class UserAdmin(PortalModelAdmin):
    """The accounts. The address is the identity: it is typed once and never changed here."""

    view_permission = change_permission = KEEPS_ACCOUNTS
    form = UserForm
    list_display = ["email", "full_name", "role_names", "second_factor", "is_active", "joined"]
    list_filter = ["role_grants__role", "is_active"]
    search_fields = ["email", "first_name", "last_name"]
    search_help_text = "Adresse, nom ou prénom"
    inlines = [RoleGrantInline]
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        proved = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        rows = users_visible_to(request.user).annotate(has_application=Exists(proved))
        return rows.prefetch_related("role_grants__organisation")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["email", "second_factor_line"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = ["email", "first_name", "last_name"]
        return [*fields, "is_active", "second_factor_line"] if obj else fields

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.inlines if obj else []

    def get_urls(self) -> list:
        remove = path(
            "<int:pk>/second-facteur/", self.admin_site.admin_view(remove_second_factor), name="remove_second_factor"
        )
        return [remove, *super().get_urls()]

    @admin.display(description="nom", ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="inscrit le", ordering="joined_at")
    def joined(self, user: User) -> str:
        return wording.day(user.joined_at)

    @admin.display(description="rôles")
    def role_names(self, user: User) -> str:
        names = (
            f"{grant.get_role_display()} ({grant.organisation})" if grant.organisation else grant.get_role_display()
            for grant in user.role_grants.all()
        )
        return ", ".join(names) or "—"

    @admin.display(description="code à usage unique", boolean=True, ordering="has_application")
    def second_factor(self, user: Any) -> bool:
        return bool(user.has_application)

    @admin.display(description="code à usage unique")
    def second_factor_line(self, user: User) -> str:
        if not devices.has_second_factor(user):
            return "Aucune application n’est liée."
        url = reverse("admin:remove_second_factor", kwargs={"pk": user.pk})
        return format_html('Une application est liée. <a href="{}">Téléphone perdu : la retirer</a>', url)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refusal undoes the whole change and is said on the same page."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except people.GrantRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new account goes through the action; a change is closing, opening or renaming."""
        if change:
            people.change_account(obj, fields=form.changed_data, actor=_actor(request))
            return
        opened = people.open_account(obj.email, obj.first_name, obj.last_name, actor=_actor(request))
        obj.pk, obj._state.adding = opened.pk, False

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseInlineFormSet, change: bool) -> None:
        """Each role given or taken back is its own act."""
        formset.save(commit=False)
        for grant in formset.new_objects:
            people.grant_role(
                form.instance,
                grant.role,
                organisation=grant.organisation,
                vouched_for=grant.vouched_for,
                actor=_actor(request),
            )
        for grant in formset.deleted_objects:
            people.revoke_role(grant, actor=_actor(request))


class RoleGrantAdmin(PortalModelAdmin):
    """Who holds which role, at a glance: given and taken back on the page of the person."""

    view_permission = KEEPS_ACCOUNTS
    list_display = ["person", "role", "organisation", "granted_at"]
    list_display_links = None
    list_filter = ["role", "organisation"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__email", "user__last_name"]
    search_help_text = "Adresse ou nom"
    actions = None

    @admin.display(description="personne", ordering="user__email")
    def person(self, grant: RoleGrant) -> str:
        url = reverse("admin:accounts_user_change", args=[grant.user_id])
        return format_html('<a href="{}">{}</a><br>{}', url, grant.user.get_full_name(), grant.user.email)


class OrganisationAdmin(PortalModelAdmin):
    """The operator and the partners."""

    view_permission = change_permission = KEEPS_ACCOUNTS
    list_display = ["name", "code", "kind", "siret", "domains"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []  # it is what call files and the command line name

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        verb = "organisation.change" if change else "organisation.add"
        trail.record(verb, subject=obj.code, actor=_actor(request), at=clock.now(), fields=sorted(form.changed_data))


@page(KEEPS_ACCOUNTS, visible=users_visible_to, by="pk")
@require_http_methods(["GET", "HEAD", "POST"])
def remove_second_factor(request: HttpRequest, obj: User) -> HttpResponse:
    """What will be taken away and why, then one button."""
    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = "Comment vous êtes-vous assuré que la demande vient bien de cette personne ?"
    if form.is_valid():
        try:
            people.remove_second_factor(obj, reason=form.cleaned_data["reason"], actor=_actor(request))
        except people.GrantRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"L’application de {obj.get_full_name()} est retirée. Un courriel l’en avertit.")
        return redirect("admin:accounts_user_change", obj.pk)
    context = {**admin.site.each_context(request), "title": "Retirer le second facteur", "person": obj, "form": form}
    return render(request, "admin/remove_second_factor.html", context, status=422 if form.errors else 200)


def _actor(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 (the admin's door is passed)
    return user
