"""What must exist before anybody writes: the content root, the course catalogue, the workflow, the definitions.

Safe to run at any time; runs after every migrate, so that an emptied database is whole again.
"""

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from wagtail.models import (
    Collection,
    Locale,
    Page,
    Site,
    Task,
    Workflow,
    WorkflowContentType,
    WorkflowPage,
    WorkflowTask,
)

from workflows.approvals.models import ApprovalTask
from workflows.approvals.operations import define

# Gate two of the update flow: who decides a text that is ready. Source: actors.md 2, systems.md 6 and 8.
DEFINITIONS = {
    "handbook": ("手册发布审批", "handbook"),
    "talk-scripts": ("说辞发布审批", "talk-scripts"),
    "courses": ("课程发布审批", "courses"),
}
WORKFLOW = "发布审批"
TASK = "审批"
TREE, FILES, PORTAL = "全部", "全部文件", "员工门户"


@transaction.atomic
def ensure():
    """Create what is missing and leave the rest; returns the content root."""
    for code, (title, system) in DEFINITIONS.items():
        define(code, title, [{"system": system, "verb": "a", "title": title}])
    root = _content_root()
    _catalogue(root)
    _leave_nothing_over()
    workflow = _workflow()
    WorkflowPage.objects.get_or_create(page=root.page_ptr, defaults={"workflow": workflow})
    content_type = ContentType.objects.get_for_model(apps.get_model("scripts", "Script"))
    WorkflowContentType.objects.get_or_create(content_type=content_type, defaults={"workflow": workflow})
    return root


def tables_present():
    """Whether every table `ensure` writes is there (it is not while somebody migrates backwards)."""
    names = set(connection.introspection.table_names())
    models = [apps.get_model("handbook", "ContentRoot"), apps.get_model("training", "Catalogue")]
    return {m._meta.db_table for m in [*models, ApprovalTask, WorkflowContentType]} <= names


def _content_root():
    ContentRoot = apps.get_model("handbook", "ContentRoot")
    if root := ContentRoot.objects.first():
        return root
    locale, _ = Locale.objects.get_or_create(language_code="zh-hans")
    tree = Page.get_first_root_node()
    if tree is None:
        page_type = ContentType.objects.get_for_model(Page)
        tree = Page.add_root(instance=Page(title=TREE, slug="root", content_type=page_type, locale=locale))
    # Wagtail's own migration leaves a welcome page that nobody here needs.
    welcome = tree.get_children().filter(slug="home", content_type=ContentType.objects.get_for_model(Page))
    root = tree.add_child(instance=ContentRoot(title="内容", slug="content", live=False, locale=locale))
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    site.root_page = root.page_ptr
    site.save()
    for page in welcome:
        page.delete()
    return ContentRoot.objects.get(pk=root.pk)


def _catalogue(root):
    Catalogue = apps.get_model("training", "Catalogue")
    if not Catalogue.objects.exists():
        root.add_child(instance=Catalogue(title="课程", slug="courses", live=False, locale=root.locale))


def _leave_nothing_over():
    """What Wagtail's migrations make under English names: renamed where it is of use, removed where it is not."""
    Page.objects.filter(depth=1, title="Root").update(title=TREE, draft_title=TREE)
    Collection.objects.filter(depth=1, name="Root").update(name=FILES)
    Site.objects.filter(is_default_site=True, site_name="").update(site_name=PORTAL)
    unused = Workflow.objects.filter(name="Moderators approval", workflow_states=None)
    Task.objects.filter(workflow_tasks__workflow__in=unused, task_states=None).exclude(name=TASK).delete()
    unused.delete()
    Group.objects.filter(name__in=("Moderators", "Editors"), user=None).delete()


def _workflow():
    workflow, made = Workflow.objects.get_or_create(name=WORKFLOW)
    if made or not workflow.workflow_tasks.exists():
        task = ApprovalTask.objects.filter(name=TASK).first() or ApprovalTask.objects.create(name=TASK)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return workflow
