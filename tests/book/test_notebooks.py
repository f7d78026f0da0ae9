"""What every notebook must be (executed and tidy), and every chapter (complete, and not too long)."""

import re
import statistics

import yaml

from tests.book.pages import BOOK, CHAPTERS, NOTEBOOKS, PAGES, TEMPLATE, complaint, each, prose, shown, tags, unstable

each_notebook = each([*NOTEBOOKS, TEMPLATE])
each_chapter = each([*CHAPTERS, TEMPLATE])


def execute(page):
    return f"Run it anew: make execute NOTEBOOKS={page}"


def test_the_table_of_contents_has_every_page_once():
    toc = yaml.safe_load((BOOK.parent / "_toc.yml").read_text(encoding="utf-8"))
    files = [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]
    pages = [f"book/{page.name}" for page in PAGES]
    assert sorted(files) == sorted(pages), complaint(
        "_toc.yml and the pages in book/ differ:",
        sorted(set(files) ^ set(pages)) or ["a page stands twice in _toc.yml"],
        "Write each page into _toc.yml once, or delete its file.",
    )


@each_notebook
def test_cells_ran_once_in_order(page):
    counts = [cell.execution_count for cell in page.cells("code")]
    assert counts == list(range(1, len(counts) + 1)), (
        f"The code cells of {page} did not run once from top to bottom, but in the order {counts}. {execute(page)}"
    )


@each_notebook
def test_only_metadata_of_the_book_is_kept(page):
    kept = [f"the notebook: {key}" for key in sorted(set(page.notebook.metadata) - {"kernelspec"})]
    kept += [
        f"{page.where(cell)}: {key}" for cell in page.cells() for key in sorted(set(cell.metadata) - {"tags", "mystnb"})
    ]
    assert "kernelspec" in page.notebook.metadata, f"{page} does not name its kernel. {execute(page)}"
    assert not kept, complaint(f"{page} stores metadata that the book does not use:", kept, execute(page))


@each_notebook
def test_outputs_hold_no_error_warning_path_or_raw_number(page):
    places = []
    for cell in page.cells("code"):
        text = shown(cell)
        found = [("an error", output.ename) for output in cell.outputs if output.output_type == "error"]
        found = [] if "raises-exception" in tags(cell) else found
        found += [("a warning", output.text) for output in cell.outputs if output.get("name") == "stderr"]
        found += [("a path", path) for path in re.findall(r"\S*(?:/(?:home|root|tmp|Users|work)/|[A-Z]:\\)\S*", text)]
        found += [("a number as NumPy writes it", number) for number in re.findall(r"np\.(?:float|int)\d+\(\S*", text)]
        found += [("a number that is not rounded", number) for number in re.findall(r"-?\d+\.\d{12,}", text)]
        places += [f"{page.where(cell)}: {what}, {shown_text}" for what, shown_text in found]
    assert not places, complaint(
        f"{page} shows what no reader should see:",
        places,
        "Round the number where you print it. Catch the warning, and print one line about it. If an error is meant,\n"
        "tag the cell raises-exception.",
    )


@each_notebook
def test_unstable_outputs_say_why(page):
    places = [page.where(cell) for cell in page.cells("code") if unstable(cell) and "# unstable:" not in cell.source]
    assert not places, complaint(
        f"{page} has cells whose output is not compared:",
        places,
        "Say in the cell why its output differs from run to run, as in `# unstable: a time`, or remove the tag.",
    )


@each_notebook
def test_figures_have_alt_text_caption_and_a_reference(page):
    places = []
    for cell in page.figures:
        mystnb = cell.metadata.get("mystnb", {})
        figure, alt = mystnb.get("figure", {}), mystnb.get("image", {}).get("alt", "")
        missing = ["an alt text of more than 40 characters"] * (len(alt) <= 40)
        missing += ["a caption of more than 20 characters"] * (len(figure.get("caption", "")) <= 20)
        missing += ["a name"] * ("name" not in figure)
        role = f"{{numref}}`{figure.get('name')}`"
        missing += [f"a reference from the text, {role}"] * ("name" in figure and role not in page.markdown)
        places += [f"{page.where(cell)}: {what}" for what in missing]
    assert not places, complaint(
        f"{page} has figures without:",
        places,
        "The metadata of the cell holds caption, name and alt text; book/_template.ipynb has an example.",
    )


@each_chapter
def test_code_cells_are_short(page):
    lengths = {
        cell.id: len([line for line in cell.source.splitlines() if line.strip()])
        for cell in page.cells("code", hidden=False)
    }
    remedy = "Divide the longest cells, or move what does not teach the topic to softmaxlib.teaching."
    longest = [f"{page.where(cell)}: {lengths[cell.id]} lines" for cell in page.cells("code", hidden=False)]
    longest = sorted(longest, key=lambda place: -int(place.split()[-2]))[:5]
    assert statistics.median(lengths.values()) <= 5, complaint(
        f"The median code cell of {page} has more than five lines. The longest:", longest, remedy
    )
    assert sorted(lengths.values())[int(0.9 * (len(lengths) - 1))] <= 20, complaint(
        f"More than one code cell in ten of {page} has more than twenty lines. The longest:", longest, remedy
    )


@each_chapter
def test_chapter_has_its_parts_in_order(page):
    box = ["# ", "**You will be able to**", "**You need**", "**Time**", "## A question worth a minute"]
    end = ["## Exercises", "## Quiz", "## Summary", "## Where next", "## Sources"]
    parts = [*box, *end, "**Predict", "**Read the figure.**", ":class: pitfall"]
    missing = [part for part in parts if part not in page.markdown]
    assert not missing, complaint(
        f"{page} lacks parts of a chapter:", missing, "book/_template.ipynb has all of them, in order."
    )
    in_order = sorted([*box, *end], key=page.markdown.find)
    assert in_order == [*box, *end], complaint(
        f"The parts of {page} are in another order than those of other chapters:", in_order, f"It is {[*box, *end]}."
    )


@each(CHAPTERS)
def test_chapter_is_not_too_long_and_not_too_short(page):
    words = re.findall(r"[^\W\d_][\w’'-]*", prose(page.markdown.replace(page.quiz, "")))
    assert 1200 <= len(words) <= 2700, (
        f"{page} has {len(words)} words of prose, without code, formulas and quiz. A chapter has 1,200 to 2,700: "
        f"{'say more' if len(words) < 1200 else 'cut, or divide the chapter'}."
    )
    stubs = verdicts(page)["exercise"]
    assert 3 <= len(stubs) <= 5, (
        f"{page} has {len(stubs)} exercises with a code cell: {list(stubs)}. A chapter has three to five."
    )
    assert 3 <= len(questions(page)) <= 4, (
        f"The quiz of {page} has {len(questions(page))} questions. Write three or four, each in bold on its own line."
    )


def verdicts(page):
    """Return what the last line of the output says in each exercise's stub and in its solution, by label."""
    verdicts = {"exercise": {}, "solution": {}}
    kind = label = None
    for cell in page.cells():
        if cell.cell_type == "code" and kind:
            verdicts[kind][label] = (shown(cell).strip().splitlines() or ["nothing"])[-1]
        elif cell.cell_type == "markdown":
            for start, solved, named, end in re.findall(
                r"\{(exercise)-start\}|\{solution-start\} (\S+)|^:label: (ex-\S+)|\{\w+-(end)\}",
                cell.source,
                flags=re.M,
            ):
                kind = "exercise" if start else "solution" if solved else None if end else kind
                label = solved or named or label
    return verdicts


@each_chapter
def test_each_exercise_has_a_stub_and_a_correct_solution(page):
    stubs, solutions = verdicts(page).values()
    assert stubs.keys() == solutions.keys(), (
        f"{page} has the exercises {list(stubs)} and the solutions {list(solutions)}. Each exercise needs a solution, "
        "and both need a code cell."
    )
    places = [
        f"{label}, {what}: the last cell shows “{verdict}” where “{expected}” was expected"
        for what, found, expected in [("the stub", stubs, "Not yet: …"), ("the solution", solutions, "Correct.")]
        for label, verdict in found.items()
        if not verdict.startswith(expected.rstrip("…"))
    ]
    assert not places, complaint(
        f"{page} has exercises that do not end as they should:",
        places,
        "The last cell of stub and solution ends with the check of the exercise.",
    )


def questions(page):
    """Return the Markdown of the answers to each question of the quiz."""
    parts = re.split(r"^\*\*(.+)\*\*$", page.quiz, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@each_chapter
def test_each_question_of_the_quiz_has_one_right_answer_and_a_word_on_the_others(page):
    places = []
    for question, answers in questions(page).items():
        found = re.findall(r"^:::\{dropdown\} (.+)\n(Right|No)\. (.+(?:\n.+)*)\n:::$", answers, flags=re.M)
        rights = [verdict for _, verdict, _ in found].count("Right")
        if len(found) != answers.count(":::{dropdown}"):
            places.append(f"“{question}”: an answer does not open with “Right. ” or “No. ”, on one line or more")
        if not 3 <= len(found) <= 4:
            places.append(f"“{question}”: {len(found)} answers, and three or four are expected")
        if rights != 1:
            places.append(f"“{question}”: {rights} right answers, and one is expected")
        places += [f"“{answer}”: fewer than six words say why" for answer, _, why in found if len(why.split()) < 6]
    assert not places, complaint(
        f"The quiz of {page} is not complete:", places, "book/_template.ipynb shows how a question is written."
    )
