"""Settings for every environment. This module alone reads the environment; nothing set is the embedded mode.

Embedded: SQLite, a private folder `var/`, the worker inside the server process, mails on a local page, loopback only.
For real: DATABASE_URL, REDIS_URL, STORAGE_BUCKET…, EMAIL_URL, DJANGO_SECRET_KEY, DJANGO_ALLOWED_HOSTS (README).
"""

import secrets
from pathlib import Path

import environ

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env("PORTAL_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """The key of the environment; on a machine of one's own, one made at first start, kept in the private folder."""
    if "DJANGO_SECRET_KEY" in env.ENVIRON:
        return env("DJANGO_SECRET_KEY")
    if "DJANGO_ALLOWED_HOSTS" in env.ENVIRON:
        raise environ.ImproperlyConfigured("DJANGO_SECRET_KEY est obligatoire dès que DJANGO_ALLOWED_HOSTS est donné.")
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


DEBUG = env.bool("DJANGO_DEBUG", default=False)
SECRET_KEY = _secret_key()
ON_LOOPBACK = "DJANGO_ALLOWED_HOSTS" not in env.ENVIRON
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_TRUSTED_ORIGINS", default=[])
PORTAL_URL = env("PORTAL_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}").rstrip("/")

INSTALLED_APPS = [
    "widget_tweaks",
    "dsfr",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ami_portal.desk.apps.PortalAdminConfig",
    "allauth",
    "allauth.account",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "ami_portal.jobs.apps.JobsConfig",
    "ami_portal.ui.apps.UiConfig",
    "ami_portal.accounts.apps.AccountsConfig",
    "ami_portal.audit.apps.AuditConfig",
    "ami_portal.documents.apps.DocumentsConfig",
    "ami_portal.notifications.apps.NotificationsConfig",
    "ami_portal.questionnaire.apps.QuestionnaireConfig",
    "datasets.apps.DatasetsConfig",
    "applications.apps.ApplicationsConfig",
    "evaluation.apps.EvaluationConfig",
    "funding.apps.FundingConfig",
    "ami_portal.desk.apps.DeskConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ami_portal.accounts.middleware.PrivatePagesMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ami_portal.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "ami_portal.urls"
WSGI_APPLICATION = "ami_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ami_portal.ui.context.portal",
            ],
            "builtins": ["ami_portal.ui.templatetags.portal"],
        },
    }
]

# Database: where an engine differs, this is the home of the difference.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: atomic() takes the write lock at its start, as row locks do on PostgreSQL.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a list's query took 140 ms where running it took 6 (measured on 2 000 dossiers).
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Jobs. The visibility timeout is far above the longest job, or Redis would hand it out twice.
REDIS_URL = env("REDIS_URL", default="")
EMBEDDED_WORKER = not REDIS_URL
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2} if REDIS_URL else {}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a broker that is away must not make a person wait: the sweeper sends again
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BEAT_SCHEDULE = {"tick": {"task": "jobs.tick", "schedule": 60.0}}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# Mail: everything goes through the outbox; with no EMAIL_URL it stays on the local mailbox page.
LOCAL_MAILBOX = "EMAIL_URL" not in env.ENVIRON and ON_LOOPBACK
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 20
if "EMAIL_URL" in env.ENVIRON:
    _email = env.email_url("EMAIL_URL")
    EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"] or "", _email["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Portail des appels <ne-pas-repondre@localhost>")

# Files: a bucket when one is named, a private folder otherwise; neither is ever served but by a view with a rule.
_BUCKET = env("STORAGE_BUCKET", default="")
_DEFAULT_STORAGE: dict = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": str(VAR_DIR / "documents"), "base_url": None},
}
if _BUCKET:
    _DEFAULT_STORAGE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _BUCKET,
            "endpoint_url": env("STORAGE_ENDPOINT", default=None),
            "access_key": env("STORAGE_ACCESS_KEY"),
            "secret_key": env("STORAGE_SECRET_KEY"),
            "region_name": env("STORAGE_REGION", default="fr-par"),
            "addressing_style": "path",
            "signature_version": "s3v4",
            "file_overwrite": False,
            "default_acl": None,
        },
    }
_MANIFEST = env.bool("STATIC_MANIFEST", default=False)
STORAGES = {
    "default": _DEFAULT_STORAGE,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage."
        + ("ManifestStaticFilesStorage" if _MANIFEST else "StaticFilesStorage")
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if _MANIFEST else None  # nothing collected, nothing to look for
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not _MANIFEST  # a fresh clone needs no collectstatic
WHITENOISE_AUTOREFRESH = DEBUG
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_HANDLERS = ["ami_portal.documents.uploads.DepositUploadHandler"]

# The company directory (API Recherche d’entreprises): with no address, nothing is asked of it.
COMPANY_DIRECTORY_URL = env("COMPANY_DIRECTORY_URL", default="")

# Démarches Simplifiées: with no token, nothing is asked of it. A trusted host may be inside, and without TLS.
DEMARCHES_URL = env("DEMARCHES_URL", default="https://demarche.numerique.gouv.fr/api/v2/graphql")
DEMARCHES_TOKEN = env("DEMARCHES_TOKEN", default="")
DEMARCHES_TRUSTED_HOSTS = env.list("DEMARCHES_TRUSTED_HOSTS", default=[])

# The seal of receipts: PEM files or one PKCS#12, with a passphrase or none. On a machine of one's own, made at need.
SEAL_KEY, SEAL_CERTIFICATE = env("SEAL_KEY", default=""), env("SEAL_CERTIFICATE", default="")
SEAL_PKCS12, SEAL_PASSPHRASE = env("SEAL_PKCS12", default=""), env("SEAL_PASSPHRASE", default="")
SIGNATURE_ROOTS = env("SIGNATURE_ROOTS", default="")
if not ON_LOOPBACK and not (SEAL_PKCS12 or (SEAL_KEY and SEAL_CERTIFICATE)):
    raise environ.ImproperlyConfigured(
        "SEAL_PKCS12, ou SEAL_KEY et SEAL_CERTIFICATE, est obligatoire dès que DJANGO_ALLOWED_HOSTS est donné."
    )

# Accounts.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [  # CNIL, délibération 2022-100: 50 bits with throttling; a second factor for roles
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_home"
ACCOUNT_ADAPTER = "ami_portal.desk.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "ami_portal.accounts.forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "ami_portal.accounts.entrance.LoginForm",
    "signup": "ami_portal.accounts.entrance.SignupForm",
    "change_password": "ami_portal.accounts.entrance.ChangePasswordForm",
    "reset_password": "ami_portal.accounts.entrance.ResetPasswordForm",
    "reset_password_from_key": "ami_portal.accounts.entrance.ResetPasswordKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
OTP_TOTP_ISSUER = "Portail des appels"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ami_portal.desk.errors.csrf_failure"

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Transport and browser.
_HTTPS = env.bool("HTTPS", default=not ON_LOOPBACK)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante$"]
if _HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Limits on sign-in are counted by address: behind a proxy, the one that it adds to X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if _HTTPS else 0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# Language: one, French. Times are stored in UTC and shown on the clock of Paris.
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
USE_THOUSAND_SEPARATOR = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# The State design system: its unsafe defaults are turned off (docs/decisions/0001-stack.md).
DSFR_CONTENT_IS_SAFE = False
DSFR_USE_INTEGRITY_CHECKSUMS = False
DSFR_MARK_OPTIONAL_FIELDS = True

# The operator's SIRET, for what the law publishes of grants; from which amount it does, in euros (decree 2017-779); and
# how many months after a financial year a grant is accounted for (law of 12 April 2000, article 10).
OPERATOR_SIRET = env("OPERATOR_SIRET", default="")
ESSENTIAL_DATA_FROM_EUROS = env.int("ESSENTIAL_DATA_FROM_EUROS", default=23_000)
FINANCIAL_ACCOUNT_MONTHS = env.int("FINANCIAL_ACCOUNT_MONTHS", default=6)
OPERATOR_NAME = env("OPERATOR_NAME", default="Health Data Hub")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        name: {"level": "ERROR"}
        for name in ("weasyprint", "fontTools", "pypdf", "pyhanko", "celery.worker.strategy", "kombu.connection")
    },
}
