"""The tabs of files and comments. Who does not see the record finds none of this; the record's verbs do the rest."""

from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.utils import get_user_display_name

from ..screens import addresses
from ..screens.deeds import DeedView
from ..screens.editing import reason_in
from ..screens.frame import RecordFrame
from ..screens.record import RecordTab, page_number
from . import comments, files, people, policy
from .models import Attachment

PAGE = 30
# Whatever a browser takes a file for, nothing in it may run.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


class FilesView(RecordTab):
    """The files of a record; whoever may change it adds more."""

    tab = "files"
    template_name = "notes/files.html"

    def may_add(self):
        return self.may("change") and not self.row.is_void

    def get(self, request, *args, **kwargs):
        return self.show()

    def post(self, request, *args, **kwargs):
        if not self.may_add():
            raise Http404
        uploads = request.FILES.getlist("files")
        refused = [] if uploads else [("", _("Please choose a file."))]
        refused += [(upload.name, _("Too many files at once.")) for upload in uploads[policy.MAX_AT_ONCE :]]
        taken = 0
        for upload in uploads[: policy.MAX_AT_ONCE]:
            try:
                files.take(self.register, self.row, upload, actor=request.user, reason=reason_in(request))
                taken += 1
            except policy.NotAllowed as problem:
                refused.append((upload.name, str(problem)))
        # The number on the tab was counted before.
        self.__dict__.pop("facts", None)
        if taken:
            messages.success(request, _("Files added: %(count)s.") % {"count": taken})
        if refused:
            return self.show(refused, 422)
        return HttpResponseRedirect(addresses.record_url(self.row, "files"))

    def show(self, refused=(), status=200):
        number = page_number(self.request)
        start = (number - 1) * PAGE
        found = files.of_row(self.register, self.row).prefetch_related("deeds__actor__wagtail_userprofile")
        found = list(found[start : start + PAGE + 1])
        return self.page(
            status,
            lines=[self.line(file) for file in found[:PAGE]],
            number=number,
            more=len(found) > PAGE,
            refused=refused,
            may_add=self.may_add(),
            accepted=policy.ACCEPTED,
            limit_mb=policy.MAX_BYTES // 1024 // 1024,
        )

    def line(self, file):
        deeds = sorted(file.deeds.all(), key=lambda deed: deed.pk)
        ready = file.state == Attachment.State.READY
        gone = file.voided_at is not None
        deed = "return_file" if gone else "void_file"
        return {
            "file": file,
            "kind": policy.KINDS[file.kind],
            "added": deeds[0],
            "who": get_user_display_name(deeds[0].actor),
            "removed": deeds[-1] if gone else None,
            "remover": get_user_display_name(deeds[-1].actor) if gone else "",
            "url": self.url("file", file) if ready and not gone else "",
            "thumbnail_url": self.url("thumbnail", file) if file.thumbnail and not gone else "",
            "deed_url": self.url(deed, file) if self.may("void") else "",
        }

    def url(self, screen, file):
        return addresses.record_url(self.row, screen, file.public_id)


class OfFile(RecordFrame):
    """A screen of one file of a record."""

    @cached_property
    def file(self):
        return get_object_or_404(files.of_row(self.register, self.row), public_id=self.kwargs["file"])


class FileView(OfFile):
    """The bytes of a file, to be kept and never to be shown by the browser."""

    def get(self, request, *args, **kwargs):
        file = self.file
        if file.state != Attachment.State.READY or file.voided_at is not None:
            raise Http404
        return served(file.file, policy.KINDS[file.kind].content_type, as_attachment=True, filename=file.name)


class ThumbnailView(OfFile):
    """The small picture of a file, drawn by us."""

    def get(self, request, *args, **kwargs):
        if not self.file.thumbnail or self.file.voided_at is not None:
            raise Http404
        return served(self.file.thumbnail, "image/jpeg")


def served(stored, content_type, **options):
    try:
        opened = stored.open()
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(opened, content_type=content_type, headers=HARMLESS, **options)


class FileDeed(OfFile, DeedView):
    """Removing a file, or bringing it back, with a reason."""

    verb = "void"
    removed = False

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if (self.file.voided_at is not None) != self.removed:
            raise Http404

    def post(self, request, *args, **kwargs):
        reason = reason_in(request)
        if not reason:
            return self.ask([_("Please give a reason.")], 422)
        self.operation(self.file, actor=request.user, reason=reason)
        messages.success(request, self.done)
        return HttpResponseRedirect(addresses.record_url(self.row, "files"))

    def ask(self, mistakes=(), status=200):
        back = addresses.record_url(self.row, "files")
        return super().ask(mistakes, status, subject=self.file.name, back_url=back)


class VoidFileView(FileDeed):
    dangerous = True
    operation = staticmethod(files.void)
    title = button = gettext_lazy("Remove file")
    done = gettext_lazy("The file is removed.")
    explanation = gettext_lazy("Nobody can open a removed file. It can be brought back, and stays in the timeline.")


class ReturnFileView(FileDeed):
    removed = True
    operation = staticmethod(files.bring_back)
    title = button = gettext_lazy("Bring file back")
    done = gettext_lazy("The file is back.")
    explanation = gettext_lazy("Everybody who sees the record can open the file again.")


class CommentsView(RecordTab):
    """What was said about a record; whoever sees it may join in."""

    tab = "comments"
    template_name = "notes/comments.html"

    def get(self, request, *args, **kwargs):
        comments.seen(self.register, self.row, request.user)
        return self.show()

    def post(self, request, *args, **kwargs):
        text, mistake = text_in(request)
        if mistake:
            return self.show(mistake=mistake, status=422)
        if asks_about_numbers(request, text):
            return self.show(numbers=True, status=422)
        _comment, not_told = comments.write(self.register, self.row, request.user, text)
        tell_of(request, not_told)
        return HttpResponseRedirect(addresses.record_url(self.row, "comments"))

    def show(self, mistake="", numbers=False, status=200):
        number = page_number(self.request)
        start = (number - 1) * PAGE
        rows = comments.of_row(self.register, self.row)[start : start + PAGE + 1]
        found = comments.read(self.register, self.row, self.viewer, rows)
        return self.page(
            status,
            lines=[self.line(said) for said in found[:PAGE]],
            number=number,
            more=len(found) > PAGE,
            mistake=mistake,
            numbers=numbers,
            text=self.request.POST.get("text", ""),
            max_length=comments.MAX_LENGTH,
            people_url=addresses.record_url(self.row, "people"),
        )

    def line(self, said):
        comment = said["comment"]
        return said | {
            "who": get_user_display_name(comment.author),
            "edit_url": addresses.record_url(self.row, "edit_comment", comment.public_id),
            "withdraw_url": addresses.record_url(self.row, "withdraw_comment", comment.public_id),
        }


class MyComment(RecordFrame):
    """A screen of a comment of mine that has not been withdrawn."""

    @cached_property
    def comment(self):
        mine = comments.of_row(self.register, self.row).filter(author=self.request.user, withdrawn_at=None)
        return get_object_or_404(mine, public_id=self.kwargs["comment"])


class EditCommentView(MyComment):
    """Another wording; the earlier one stays readable."""

    template_name = "notes/edit_comment.html"

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": _("Edit comment")}]

    def get(self, request, *args, **kwargs):
        return self.ask(self.comment.wordings.last().text)

    def post(self, request, *args, **kwargs):
        text, mistake = text_in(request)
        if mistake or asks_about_numbers(request, text):
            return self.ask(text, mistake, numbers=not mistake, status=422)
        if text != self.comment.wordings.last().text:
            tell_of(request, comments.edit(self.comment, self.register, self.row, text))
        return HttpResponseRedirect(addresses.record_url(self.row, "comments"))

    def ask(self, text, mistake="", numbers=False, status=200):
        return self.page(
            status,
            text=text,
            mistake=mistake,
            numbers=numbers,
            max_length=comments.MAX_LENGTH,
            people_url=addresses.record_url(self.row, "people"),
            back_url=addresses.record_url(self.row, "comments"),
        )


class WithdrawCommentView(MyComment):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        comments.withdraw(self.comment)
        messages.success(request, _("The comment is withdrawn."))
        return HttpResponseRedirect(addresses.record_url(self.row, "comments"))


class PeopleView(RecordFrame):
    """Names to choose from behind an @, of people who see this record."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        query = request.POST.get("q", "").strip()[:40]
        return JsonResponse({"people": people.offered(self.register, self.row, query)})


def text_in(request):
    """(the comment typed, what is wrong with it or nothing)"""
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    if not text:
        return text, _("Please write something.")
    if len(text) > comments.MAX_LENGTH:
        return text, _("A comment has at most %(limit)s characters.") % {"limit": comments.MAX_LENGTH}
    return text, ""


def asks_about_numbers(request, text):
    """Whether somebody is to think again before a person's number stands in a comment."""
    return comments.holds_numbers(text) and "numbers_meant" not in request.POST


def tell_of(request, not_told):
    if not_told:
        names = _(", ").join(not_told)
        messages.warning(request, _("%(names)s cannot see this record and was not told.") % {"names": names})
