"""What the editors of pages and scripts post, for tests that press their buttons."""

import json


def page_form(section, **extra):
    """What the page editor posts for a section, as it stands."""
    draft = section.get_latest_revision_as_object()
    form = {
        "title": draft.title,
        "slug": draft.slug,
        "owner_role": draft.owner_role,
        "review_due": "2030-01-01",
        "change_summary": "because",
        "significance": "material",
        "effective_from": "",
        "number": "",
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "comments-MIN_NUM_FORMS": 0,
        "comments-MAX_NUM_FORMS": 0,
        "body-count": len(draft.body),
    }
    for number, child in enumerate(draft.body):
        paragraph = {"key": "a", "text": child.value["text"].source[3:-4], "type": "unstyled", "depth": 0}
        paragraph |= {"inlineStyleRanges": [], "entityRanges": []}
        form |= {
            f"body-{number}-type": child.block_type,
            f"body-{number}-id": child.id,
            f"body-{number}-order": number,
            f"body-{number}-deleted": "",
            f"body-{number}-value-heading": child.value["heading"],
            f"body-{number}-value-text": json.dumps({"blocks": [paragraph], "entityMap": {}}),
        }
    return form | extra


def script_form(script, **extra):
    draft = script.get_latest_revision_as_object()
    names = [
        "code",
        "stage",
        "question",
        "key_point",
        "answer",
        "sub_points",
        "standard_actions",
        "forbidden",
        "tags",
        "owner_role",
    ]
    form = {name: getattr(draft, name) for name in names}
    form |= {"valid_until": "2030-01-01", "change_summary": "because", "significance": "material"}
    return form | {"effective_from": ""} | extra
