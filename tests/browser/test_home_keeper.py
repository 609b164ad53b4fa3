"""What goes between a page at home and the clinic, in which order: `static/home/keeper.js`."""

from typing import Any

from tests.browser.home_plan import DAY, HERE, PLAN, Run, answer, session

#: A page of a phone, and a clinic that answers when and as the test says.
BEGUN = """
    const asked = [];
    const told = (kept) => ({ is: "told", told: { ...given.told, kept } });
    const mine = { id: "p", name: "x", is_shared: false };
    const begun = (sync) => new keeper.Keeper(new store.InMemory(), { sync }, mine, "mia");
"""
TOLD = {"kept": [], "refused": [], "now": f"{DAY}T09:30:00", "clock": None} | {
    "lease": HERE,
    "plan": PLAN,
}


def done(run: Run, script: str, **given: Any) -> Any:
    return run(f"(async () => {{ {BEGUN} {script} }})()", {"told": TOLD, **given})


def test_a_day_is_taken_over_also_where_something_is_being_sent(run: Run) -> None:
    taken = done(
        run,
        """
        let arrives = () => {};
        const one = begun((state, _, takesOver) => {
            asked.push(takesOver);
            return asked.length > 1 ? told([]) : new Promise((done) => (arrives = done));
        });
        const first = one.sync();
        await one.sync(true);
        arrives({ is: "no_line" });
        await first;
        await one.sync();
        return asked;
        """,
    )
    assert taken == [False, True, False]


def test_what_the_clinic_cannot_read_keeps_the_plan_from_nobody(run: Run) -> None:
    """Nor a day from being taken over; and it is not tried again each minute."""
    left, is_here, why, is_due = done(
        run,
        """
        const one = begun((state, _, takesOver) => {
            if (state.outbox.some((one) => one.id === "s1")) return { is: "refused", why: "?" };
            asked.push(takesOver);
            const [sent] = state.outbox;
            if (sent?.id === "s3") given.told.refused = [{ id: sent.id, why: "It is too much." }];
            return told(sent ? [sent.id] : []);
        });
        for (const each of given.outbox) one.state = phone.happened(one.state, each);
        one.state.latest_day = given.day;
        await one.sync(true);
        const left = one.state.outbox.map((one) => one.id);
        const due = [one.isDue];
        one.state = phone.happened(one.state, given.more);
        due.push(one.isDue);
        return [left, [one.state.plan !== null, asked[0]], one.refusals, due];
        """,
        outbox=[session(1), session(2), session(3)],
        more=answer("pain", 0),
        day=DAY,
    )
    assert left == ["s1"]
    assert is_here == [True, True]
    assert why == ["?", "It is too much."]
    assert is_due == [False, True]


def test_by_itself_a_thing_goes_after_what_it_is_of(run: Run) -> None:
    """From the disk they come by their ids; the clinic would know nothing of what it is of."""
    lists = ("taken_back", "marks", "habits", "entries")
    sent = run(
        "sync.oneByOne(given).map(([one]) => one.list)",
        [{"list": one, "id": str(place)} for place, one in enumerate(lists)],
    )
    assert sent == ["habits", "marks", "entries", "taken_back"]


def test_a_phone_that_is_refused_is_refused_once(run: Run) -> None:
    found = done(
        run,
        """
        const one = begun(() => {
            asked.push("");
            return { is: "refused", why: "Too many phones." };
        });
        one.state.outbox = given.outbox;
        await one.sync();
        return [asked.length, one.refusals];
        """,
        outbox=[session(1), session(2)],
    )
    assert found == [2, ["Too many phones."]]


def test_what_she_tells_is_seen_before_a_slow_disk_has_it(run: Run) -> None:
    """Else the questions below it move up while her thumb is on its way."""
    seen = done(
        run,
        """
        const one = begun(() => told([]));
        one.store.keep = () => new Promise(() => {});
        const seen = [];
        one.changed = () => seen.push(one.state.outbox.map((each) => each.id));
        void one.keep(given.pain);
        return [seen, given.pain.id];
        """,
        pain=answer("pain", 9),
    )
    assert seen[0] == [[seen[1]]]


def test_of_what_is_told_at_once_on_a_full_disk_nothing_is_forgotten(run: Run) -> None:
    """What waits for the disk is not taken for what another page sent."""
    found = done(
        run,
        """
        const one = begun(() => ({ is: "no_line" }));
        one.store = await store.openStore("mia", false);
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...given) {
            const asked = put.apply(this, given);
            if (given[0].list === "answers") this.add(...given);  // twice: all of it is aborted
            return asked;
        };
        const first = one.keep(given.pain).then(() => one.keep(given.birth));
        await Promise.all([first, one.keep(given.leak)]);
        await one.look();
        const full = [one.isFull, one.isOnlyHere, one.state.outbox.map((each) => each.code).sort()];
        IDBObjectStore.prototype.put = put;
        await one.look();
        await one.set("sound", false);
        const { outbox } = await one.store.load();
        await store.forgetAll();
        return [full, one.isFull, one.loose, outbox.map((each) => each.code).sort()];
        """,
        pain=answer("pain", 8),
        leak=answer("leak", "yes"),
        birth=answer("birth", "no"),
    )
    told = ["birth", "leak", "pain"]
    assert found == [[True, True, told], False, [], told]


#: Pages of one phone, each with the id that it made for it.
NEW = """
    const page = async (id, isShared = false) => {
        const disk = await store.openStore("mia", isShared);
        return new keeper.Keeper(disk, { sync: () => told([]) }, { ...mine, id }, "mia");
    };
    const kept = async () => (await (await store.openStore("mia", false)).load()).facts.phone;
"""


def test_pages_that_a_new_phone_opens_at_once_go_by_one_id(run: Run) -> None:
    found = done(
        run,
        f"""
        {NEW}
        const [one, other] = [await page("first"), await page("second")];
        await Promise.all([one.load(), other.load()]);
        const ids = [one.phone.id, other.phone.id, await kept()];
        await other.sync();
        const later = await page("third");
        await later.load();
        ids.push(later.phone.id, await kept());
        await store.forgetAll();
        return ids;
        """,
    )
    assert found == ["first"] * 5


def test_an_id_that_had_no_room_at_first_is_kept_with_the_plan(run: Run) -> None:
    """Nothing that is on a full disk is missed for it."""
    found = done(
        run,
        f"""
        {NEW}
        const one = await page("first");
        await one.store.keep({{ put: [given.pain] }});
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function () {{
            this.transaction.abort();
            throw new DOMException("full", "QuotaExceededError");
        }};
        await one.load();
        const full = [one.phone.id, (await kept()) ?? "", one.state.outbox.length];
        IDBObjectStore.prototype.put = put;
        await one.sync();
        const later = await page("second");
        await later.load();
        await store.forgetAll();
        return [full, later.phone.id];
        """,
        pain=answer("pain", 0),
    )
    assert found == [["first", "", 1], "first"]


def test_a_shared_device_goes_by_its_own_id_and_keeps_none(run: Run) -> None:
    found = done(
        run,
        f"""
        {NEW}
        const one = await page("shared", true);
        await one.load();
        await one.sync();
        return [one.phone.id, (await indexedDB.databases()).length];
        """,
    )
    assert found == ["shared", 0]
