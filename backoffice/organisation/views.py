"""The screens of accounts, of one's own sign-ins, and the site switcher. Whatever is not one's to see is 404."""

import logging

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from backoffice.jobs import clock
from backoffice.registers import catalogue
from backoffice.registers.changes import Denied
from backoffice.registers.programs.models import AccessToken
from backoffice.registers.programs.views import told as tokens_told
from backoffice.registers.scope import viewer_of

from . import sites
from .accounts import operations, second_factor, sessions
from .accounts.models import AccountEvent, User
from .accounts.signin import safe_next
from .forms import AccountForm, AddressForm, CodeForm, PasswordForm, suggested_username
from .line import in_force
from .models import SalesSite

PAGE = 50
logger = logging.getLogger(__name__)


def frame(request, template, title, icon, trail=(), **context):
    """A page in Wagtail's frame: breadcrumbs, heading, content."""
    crumbs = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, *trail, {"url": "", "label": title}]
    context |= {"breadcrumbs_items": crumbs, "header_title": title, "page_title": title, "header_icon": icon}
    return render(request, f"organisation/{template}.html", context)


# The site switcher


@require_http_methods(["GET", "POST"])
def choose_site(request):
    """Shows the sites one works at; a POST chooses `site` (a public id, or "" for all of them)."""
    viewer = viewer_of(request.user)
    if request.method == "POST":
        try:
            sites.choose(request, viewer, request.POST.get("site", ""))
        except SalesSite.DoesNotExist as error:
            raise Http404 from error
        return redirect(safe_next(request))
    open_sites = list(sites.choices(viewer))
    return frame(request, "sites", _("Sales site"), "site", sites=open_sites, chosen=viewer.site)


# Accounts of others


def _people(request):
    """(viewer, the staff rows whose accounts they look after); 404 for whoever looks after none."""
    viewer = viewer_of(request.user)
    if not operations.administers(viewer):
        raise Http404
    return viewer, operations.staff_within(viewer)


def _person(request, public_id):
    viewer, rows = _people(request)
    found = rows.filter(public_id=public_id).select_related("user", "site", "team").first()
    if found is None:
        raise Http404
    return viewer, found


def _trail():
    return [{"url": reverse("accounts"), "label": _("Accounts")}]


@require_GET
def accounts(request):
    """Everybody at one's sites, with and without an account."""
    viewer, rows = _people(request)
    register = catalogue.get("staff")
    query = request.GET.get("q", "").strip()
    rows = register.at_site(rows, viewer)
    rows = register.finding(rows, query, viewer) if query else rows
    page = Paginator(rows.select_related("user").order_by("number", "pk"), PAGE).get_page(request.GET.get("p"))
    held = {}
    for staff, position in (
        in_force(clock.today()).filter(staff__in=list(page)).values_list("staff", "position__name")
    ):
        held.setdefault(staff, []).append(position)
    people = [(staff, getattr(staff, "user", None), held.get(staff.pk, [])) for staff in page]
    return frame(request, "accounts", _("Accounts"), "key", people=people, page=page, query=query)


@require_http_methods(["GET", "POST"])
def account_new(request, public_id):
    """Opens an account for a member of staff."""
    viewer, staff = _person(request, public_id)
    if hasattr(staff, "user"):
        return redirect("account", staff.public_id)
    if not operations.may_open(staff, viewer):
        raise Http404
    form = AccountForm(request.POST or None, initial={"username": suggested_username(staff.name)})
    if request.method == "POST" and form.is_valid():
        user = operations.create_account(staff, viewer=viewer, username=form.cleaned_data["username"])
        _send(request, user, form.cleaned_data["email"], viewer)
        return redirect("account", staff.public_id)
    title = _("New account for %(name)s") % {"name": staff.name}
    return frame(request, "account_new", title, "key", _trail(), form=form, staff=staff)


def _send(request, user, email, viewer):
    """Sends the link that opens the account, and says how that went."""
    try:
        link = operations.send_link(user, email=email, viewer=viewer)
    except OSError:
        logger.exception("A link to set a password could not be sent")
        messages.error(request, _("The mail could not be sent. Please try again here in a few minutes."))
        return
    messages.success(request, _("The link to set the password has been sent."))
    if settings.DEMO:
        messages.info(request, _("Demo only, nothing leaves this machine. The link: %(link)s") % {"link": link})


@require_GET
def account(request, public_id):
    """One account: state, positions, sign-ins, what was done to it."""
    viewer, staff = _person(request, public_id)
    user = getattr(staff, "user", None)
    if user is None:
        return redirect("account_new", staff.public_id)
    return frame(
        request,
        "account",
        staff.name,
        "key",
        _trail(),
        staff=staff,
        account=user,
        may_open=operations.may_open(staff, viewer),
        own=user == request.user,
        positions=in_force(clock.today()).filter(staff=staff).select_related("position", "site"),
        second_factor=second_factor.is_on(user),
        sessions=sessions.open_sessions(user),
        tokens=tokens_told(AccessToken.objects.filter(owner=user)),
        events=AccountEvent.objects.filter(user=user).select_related("actor")[:PAGE],
        address=AddressForm(initial={"email": user.email}),
    )


@require_POST
def account_act(request, public_id, act):
    """Does one thing to an account: link, deactivate, activate, end-sessions, remove-factor."""
    viewer, staff = _person(request, public_id)
    user = User.objects.filter(staff=staff).first()
    if user is None or act not in ACTS:
        raise Http404
    try:
        ACTS[act](request, user, viewer)
    except Denied as error:
        raise Http404 from error
    return redirect("account", staff.public_id)


def _send_link(request, user, viewer):
    form = AddressForm(request.POST)
    if form.is_valid():
        _send(request, user, form.cleaned_data["email"], viewer)
    else:
        messages.error(request, _("Please give a complete e-mail address."))


def _deactivate(request, user, viewer):
    operations.deactivate(user, viewer=viewer)
    messages.success(request, _("The account is closed and signed out everywhere."))


def _activate(request, user, viewer):
    operations.activate(user, viewer=viewer)
    messages.success(request, _("The account is open again."))


def _end_sessions(request, user, viewer):
    count = operations.end_all_sessions(user, viewer=viewer)
    messages.success(request, _("Sign-ins ended: %(count)d.") % {"count": count})


def _remove_factor(request, user, viewer):
    operations.remove_second_factor(user, viewer=viewer)
    messages.success(request, _("The second factor is switched off."))


@require_POST
def account_token_revoke(request, public_id, key):
    """Withdraws an access token of somebody else."""
    viewer, staff = _person(request, public_id)
    token = get_object_or_404(AccessToken.objects.select_related("owner"), owner__staff=staff, public_id=key)
    operations.revoke_token(token, viewer=viewer)
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("account", staff.public_id)


ACTS = {
    "link": _send_link,
    "deactivate": _deactivate,
    "activate": _activate,
    "end-sessions": _end_sessions,
    "remove-factor": _remove_factor,
}


# One's own sign-ins


@require_GET
def my_signins(request):
    """Where I am signed in, and my second factor."""
    return frame(
        request,
        "my_signins",
        _("My sign-ins"),
        "user",
        sessions=sessions.open_sessions(request.user),
        current=request.login_session,
        second_factor=second_factor.is_on(request.user),
        codes_left=second_factor.codes_left(request.user),
    )


@require_POST
def end_my_session(request, public_id):
    """Ends one of my sign-ins, or with "others" all but this one."""
    mine = sessions.open_sessions(request.user)
    if public_id == "others":
        sessions.end_sessions(request.user, actor=request.user, but=request.login_session)
        return redirect("my_signins")
    only = mine.filter(public_id=public_id).first()
    if only is None:
        raise Http404
    sessions.end_sessions(request.user, actor=request.user, only=only)
    return redirect("my_signins")


@require_http_methods(["GET", "POST"])
def factor_on(request):
    """Shows the square code; a code of the app switches the second factor on and shows the recovery codes."""
    if second_factor.is_on(request.user):
        return redirect("my_signins")
    device = second_factor.begin(request.user)
    form = CodeForm(request.POST or None)
    codes = None
    if request.method == "POST" and form.is_valid():
        codes = second_factor.confirm(request, form.cleaned_data["code"])
        if codes is None:
            form.add_error("code", _("This code is not right. Please wait for the next one and try again."))
    trail = [{"url": reverse("my_signins"), "label": _("My sign-ins")}]
    context = (
        {"codes": codes}
        if codes
        else {"form": form, "picture": second_factor.picture(device), "secret": second_factor.secret(device)}
    )
    return frame(request, "factor_on", _("Second factor"), "lock", trail, **context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def factor_off(request):
    """Switches my second factor off; asks for the password."""
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if second_factor.remove(request.user):
            operations.note(request.user, request.user, AccountEvent.Kind.FACTOR_OFF)
        messages.success(request, _("The second factor is switched off."))
        return redirect("my_signins")
    trail = [{"url": reverse("my_signins"), "label": _("My sign-ins")}]
    return frame(request, "factor_off", _("Switch the second factor off"), "lock", trail, form=form)
