"""A tiny survey: two sites, two waves that ask the same in other ways, a frame of invitations."""

from pathlib import Path
from typing import Any

from small_study import Study, config

NAMES = ("north", "south")
ENDS = {"I": "complete", "P": "partial", "R": "refusal", "NC": "non_contact", "O": "other",
        "UH": "unknown_household", "UO": "unknown_other", "NE": "not_eligible"}  # fmt: skip


def first_wave() -> str:
    """Twelve respondents: trust 1 to 4 (1 most), a chat as yes or no, three items of UCLA-3."""
    rows = [
        f"r{i:02},{NAMES[i % 2]},n{i % 6},{1 + i % 4},{('yes', 'no')[i % 3 == 0]},"
        f"{1 + i % 3},{1 + i % 2},2,{('P', 'W')[i % 2]}\n"
        for i in range(12)
    ]
    rows[3] = rows[3].replace(",4,", ",9,", 1)  # out of range
    rows[4] = rows[4].replace(",1,", ",,", 1)  # no answer
    return "id,site,near,trust,chat,u_1,u_2,u_3,how\n" + "".join(rows)


def second_wave() -> str:
    """The same twelve people, same answers: trust turned round and called q7, chat as 1 or 2, the
    first item of UCLA-3 coded 0 to 2, the third not asked."""
    rows = []
    for i in range(12):
        trust = {3: "9", 4: ""}.get(i, str(5 - (1 + i % 4)))
        rows.append(
            f"r{i:02},{NAMES[i % 2]},n{i % 6},{trust},{(1, 2)[i % 3 == 0]},{i % 3},{1 + i % 2}\n"
        )
    return "id,site,near,q7,chatting,lone_a,u_2\n" + "".join(rows)


def frame(counts: dict[str, int], wave: str = "w1", site: str = "north") -> str:
    """One row an invitation, as AAPOR's letters count them."""
    rows = [f"{wave},{site},{code}\n" for code, n in counts.items() for _ in range(n)]
    return "wave,site,end\n" + "".join(rows)


def survey(folder: Path, invited: str = "") -> Study:
    """The study on disk; `invited`: the frame, if there is one."""
    told: dict[str, Any] = config()
    told["study"]["title"] = "Tiny survey"
    told["times"] = {}
    del told["times"]
    told["waves"] = {
        "w1": {"label": "First", "position": 0},
        "w2": {"label": "Second", "position": 12},
    }
    told["forms"] = {
        "asked": {
            "instruments": {"ucla3": "u_{item}"},
            "variables": {
                "trust": {"range": [1, 4], "label": "Trusts, 1 most"},
                "chat": {"type": "category", "values": ["yes", "no"], "label": "Chats"},
            },
            "derived": {
                "chats": {"source": "chat", "values": {"yes": "1", "no": "0"}, "label": "Chats"}
            },
        }
    }
    common = {
        "level": "respondent",
        "form": "asked",
        "unit": "id",
        "site": {"column": "site"},
        "neighbourhood": {"column": "near"},
    }
    told["files"] = {
        "one": common
        | {
            "path": "data/raw/one.csv",
            "time": {"constant": "w1"},
            "mode": {"column": "how", "values": {"P": "paper", "W": "web"}},
            "version": {"constant": "2022"},
        },
        "two": common
        | {
            "path": "data/raw/two.csv",
            "time": {"constant": "w2"},
            "mode": {"constant": "face_to_face"},
            "crosswalk": {
                "trust": {"column": "q7", "reversed": True},
                "chat": {"column": "chatting", "values": {1: "yes", 2: "no"}},
                "ucla3.1": {"column": "lone_a", "values": {0: 1, 1: 2, 2: 3}},
                "ucla3.3": {"asked": False},
            },
        },
    }
    told["covariates"] = {}
    told["outcomes"] = {
        "trusting": {
            "label": "Trust",
            "level": "respondent",
            "variable": "trust",
            "unit": "points",
            "type": "ordinal",
            "direction": "lower_is_better",
        },
        "chatting": {
            "label": "Chats",
            "level": "respondent",
            "variable": "chats",
            "unit": "proportion",
            "type": "binary",
            "direction": "higher_is_better",
        },
    }
    told["models"] = {
        "did": {
            "kind": "did",
            "level": "respondent",
            "design": "cross_sections",
            "outcomes": ["trusting"],
        }
    }
    files: dict[str, str | bytes] = {"one.csv": first_wave(), "two.csv": second_wave()}
    if invited:
        told["files"]["frame"] = {
            "path": "data/raw/frame.csv",
            "level": "other",
            "time": {"column": "wave"},
            "site": {"column": "site"},
            "variables": {"end": {"type": "category", "values": dict(ENDS)}},
        }
        told["surveys"] = {"response": {"file": "frame", "disposition": "end"}}
        files["frame.csv"] = invited
    return Study(folder, told, files)
