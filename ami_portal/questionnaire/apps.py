"""App configuration."""

from django.apps import AppConfig


class QuestionnaireConfig(AppConfig):
    name = "ami_portal.questionnaire"
    label = "questionnaire"
    verbose_name = "Formulaires"
