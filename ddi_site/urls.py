from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.views.i18n import set_language

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", auth_views.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("sign-out/", auth_views.LogoutView.as_view(), name="logout"),
    path(
        "welcome/<uidb64>/<token>/",
        auth_views.PasswordResetConfirmView.as_view(
            template_name="registration/welcome.html", success_url=reverse_lazy("login")
        ),
        name="welcome",
    ),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("", include("review.urls")),
]
