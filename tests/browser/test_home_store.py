"""What a phone keeps at home, and of whom: `static/home/store.js`, in a browser."""

from tests.browser.home_plan import Run, session


def test_what_is_said_to_be_kept_is_there_for_the_next_page(run: Run) -> None:
    found = run(
        """(async () => {
            const one = await store.openStore("mia", false);
            const isKept = await one.keep({ put: [given], facts: { plan: { revision: "r" } } });
            const next = await (await store.openStore("mia", false)).load();
            await (await store.openStore("mia", false)).keep({ drop: [given.id] });
            const last = await (await store.openStore("mia", false)).load();
            const other = await (await store.openStore("bo", false)).load();
            await store.forgetAll();
            const left = (await indexedDB.databases()).length;
            const [first, plan] = [next.outbox[0].id, next.facts.plan.revision];
            return [isKept, first, plan, last.outbox.length, other.outbox.length, left];
        })()""",
        session(1),
    )
    assert found == [True, "s1", "r", 0, 0, 0]


def test_a_full_disk_is_told_and_a_shared_device_keeps_nothing(run: Run) -> None:
    found = run(
        """(async () => {
            const one = await store.openStore("mia", false);
            const put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function (...given) {
                this.transaction.abort();
                throw new DOMException("full", "QuotaExceededError");
            };
            const full = await one.keep({ put: [given] });
            IDBObjectStore.prototype.put = put;
            const left = (await one.load()).outbox.length;
            const shared = await store.openStore("bo", true);
            const kept = await shared.keep({ put: [given] });
            const inPage = (await shared.load()).outbox.length;
            const bases = (await indexedDB.databases()).map((base) => base.name);
            await store.forgetAll();
            return [full, left, kept, inPage, bases];
        })()""",
        session(1),
    )
    assert found == [False, 0, False, 1, ["levator-home-mia"]]


def test_of_somebody_else_only_what_is_not_sent_yet_is_left(run: Run) -> None:
    found = run(
        """(async () => {
            const plan = { facts: { plan: { revision: "r" } } };
            await (await store.openStore("mia", false)).keep({ put: [given], ...plan });
            await (await store.openStore("ada", false)).keep(plan);
            await store.openStore("bo", false);
            await store.forgetOthers("bo");
            const names = (await indexedDB.databases()).map((base) => base.name).sort();
            const mia = await (await store.openStore("mia", false)).load();
            await store.forgetAll();
            return [names, mia.outbox.length, mia.facts.plan];
        })()""",
        session(1),
    )
    assert found == [["levator-home-bo", "levator-home-mia"], 1, None]


def test_an_exercise_that_is_not_told_to_its_end_waits_too(run: Run) -> None:
    found = run(
        """(async () => {
            const none = await store.isAnyUnsent();
            const mia = await store.openStore("mia", false);
            await mia.keep({ facts: { [store.draftName(given)]: given } });
            await store.openStore("bo", false);
            const some = await store.isAnyUnsent();
            await store.forgetOthers("bo");
            const { facts } = await (await store.openStore("mia", false)).load();
            await store.forgetAll();
            return [none, some, store.draftsOf(facts).map((one) => one.id)];
        })()""",
        session(1),
    )
    assert found == [False, True, ["s1"]]


def test_the_pages_that_somebody_else_read_are_not_left_for_the_next(run: Run) -> None:
    pages = [
        "/home",
        "/home/advice",
        "/home/advice/scars",
        "/home/parts/1/home.js",
        "/static/a.css",
    ]
    found = run(
        """(async () => {
            const kept = await caches.open("levator-home-1");
            for (const page of given) await kept.put(page, new Response("of mia"));
            const left = async () => (await kept.keys()).map((one) => new URL(one.url).pathname);
            const mia = await store.openStore("mia", false);
            await mia.keep({ put: [{ id: "s1" }], facts: { plan: { revision: "r" } } });
            await store.openStore("bo", false);
            await store.forgetOthers("bo");
            const first = await left();
            await kept.put("/home/advice", new Response("of bo"));
            await store.forgetOthers("bo");
            const later = await left();
            await store.forgetAll();
            return [first.sort(), later.includes("/home/advice")];
        })()""",
        pages,
    )
    assert found == [["/home", "/home/parts/1/home.js", "/static/a.css"], True]
