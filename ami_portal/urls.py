"""Every address of the portal: French outside, English names inside."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("ami_portal.desk.urls")),
    path("compte/", include("ami_portal.accounts.urls")),
    path("bases/", include("datasets.urls")),
    path("dossiers/", include("applications.urls")),
    path("evaluation/", include("evaluation.urls")),
    path("conventions/", include("funding.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "ami_portal.desk.errors.bad_request"
handler403 = "ami_portal.desk.errors.forbidden"
handler404 = "ami_portal.desk.errors.not_found"
handler500 = "ami_portal.desk.errors.server_error"
