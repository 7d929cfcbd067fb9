import pytest

from specdsl.files import FileProblem, Problem
from specdsl.local_files import LocalFiles


@pytest.fixture
def spec(tmp_path):
    folder = tmp_path / "specs"
    (folder / "data").mkdir(parents=True)
    (folder / "main.dgen").write_text("table t 1 { id int key }")
    (folder / "data" / "plans.csv").write_text("name\nfree\n")
    (tmp_path / "secret.csv").write_text("name\nx\n")
    return folder / "main.dgen"


def problem_of(call):
    with pytest.raises(FileProblem) as caught:
        call()
    return caught.value


def test_resolves_beside_the_file_that_mentions_it(spec):
    files = LocalFiles()
    files.read_text(str(spec))
    assert files.resolve(str(spec), "data/plans.csv") == str(spec.parent / "data" / "plans.csv")
    assert files.resolve(str(spec.parent / "data" / "x.dgen"), "../main.dgen") == str(spec)


def test_keeps_the_spelling_of_relative_paths(spec, monkeypatch):
    monkeypatch.chdir(spec.parent.parent)
    assert LocalFiles().resolve("specs/main.dgen", "data/plans.csv") == "specs/data/plans.csv"


@pytest.mark.parametrize(
    "path", ["../secret.csv", "/etc/passwd", "data/../../secret.csv", "https://x.org/a.csv"]
)
def test_refuses_what_is_outside(spec, path):
    assert problem_of(lambda: LocalFiles().resolve(str(spec), path)).problem is Problem.OUTSIDE


def test_allowed_folders_may_be_read(spec):
    files = LocalFiles(allow=[spec.parent.parent])
    assert files.resolve(str(spec), "../secret.csv").endswith("secret.csv")


def test_a_link_that_leads_outside_is_refused(spec):
    link = spec.parent / "link.csv"
    link.symlink_to(spec.parent.parent / "secret.csv")
    problem = problem_of(lambda: LocalFiles().resolve(str(spec), "link.csv"))
    assert problem.problem is Problem.OUTSIDE
    assert "link" in problem.detail
    assert problem_of(lambda: LocalFiles(spec.parent).data_schema(str(link))).problem is Problem.OUTSIDE


def test_a_link_inside_is_fine(spec):
    (spec.parent / "link.csv").symlink_to(spec.parent / "data" / "plans.csv")
    files = LocalFiles()
    assert files.data_schema(files.resolve(str(spec), "link.csv")).rows == 1


def test_missing_folder_and_odd_names(spec):
    files = LocalFiles()
    assert problem_of(lambda: files.read_text(str(spec.parent / "nope.dgen"))).problem is Problem.MISSING
    assert problem_of(lambda: LocalFiles().read_text(str(spec.parent))).problem is Problem.UNREADABLE
    assert problem_of(lambda: LocalFiles().resolve(str(spec), "")).problem is Problem.MISSING
    assert problem_of(lambda: LocalFiles().resolve(str(spec), "a\0b")).problem is Problem.MISSING


@pytest.mark.parametrize(
    ("data", "problem", "words"),
    [
        ("table".encode("utf-16"), Problem.NOT_TEXT, "UTF-16"),
        ("table t".encode("utf-16-le"), Problem.NOT_TEXT, "UTF-16"),
        (b"abc\n\x00\x01\x02", Problem.NOT_TEXT, "line 2"),
        (b"a\nb\xff", Problem.NOT_TEXT, "0xff in line 2"),
        (b"x" * (2 * 1024 * 1024 + 1), Problem.TOO_LARGE, "2 MB"),
    ],
)
def test_what_is_not_a_text(tmp_path, data, problem, words):
    path = tmp_path / "main.dgen"
    path.write_bytes(data)
    told = problem_of(lambda: LocalFiles().read_text(str(path)))
    assert told.problem is problem
    assert words in told.detail


def test_the_bom_is_not_part_of_the_text(tmp_path):
    path = tmp_path / "main.dgen"
    path.write_bytes(b"\xef\xbb\xbftable\r\n")
    assert LocalFiles().read_text(str(path)) == "table\r\n"


def test_a_folder_that_is_allowed_twice_is_named_once(spec):
    files = LocalFiles(allow=(spec.parent, spec.parent))
    files.read_text(str(spec))
    detail = problem_of(lambda: files.resolve(str(spec), "../secret.csv")).detail
    assert detail.count(str(spec.parent)) == 1
