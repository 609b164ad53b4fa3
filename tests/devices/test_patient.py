"""What the simulated patient does when she is asked, and when she is asked to err."""

from __future__ import annotations

from random import Random
from statistics import fmean, pstdev

import pytest

from levator.devices.simulator.muscle import Muscle
from levator.devices.simulator.parameters import default_parameters
from levator.devices.simulator.patient import BEHAVIOURS, Behaviour, Body, Patient

HOLD_40 = ((1.0, 0.0), (3.0, 40.0), (8.0, 40.0), (10.0, 0.0))
RATE = 100


def patient(*behaviours: Behaviour, seed: int = 3, lag_s: float | None = None) -> Patient:
    made = Patient(default_parameters(), Random(seed), lag_s)
    for behaviour in behaviours:
        made.behave(behaviour)
    return made


def lived(who: Patient, from_s: float, to_s: float) -> list[Body]:
    steps = range(round(from_s * RATE), round(to_s * RATE))
    return [who.advance(step / RATE, 1 / RATE) for step in steps]


def hold(*behaviours: str) -> list[Body]:
    who = patient(*behaviours)
    who.see(HOLD_40, 14.0)
    return lived(who, 0, 14)[400:800]


def test_she_follows_the_target_and_lets_go() -> None:
    who = patient()
    who.see(HOLD_40, 14.0)
    bodies = lived(who, 0, 14)
    assert fmean(body.lift for body in bodies[400:800]) == pytest.approx(0.40, abs=0.01)
    assert fmean(body.lift for body in bodies[150:250]) == pytest.approx(0.20, abs=0.06)
    assert max(body.lift for body in bodies[1150:]) < 0.01
    assert max(body.push + body.glutes + body.abdomen for body in bodies) == 0


def test_her_hold_is_as_unsteady_as_a_real_one() -> None:
    held = [body.lift for body in hold()]
    assert 0.4 < 100 * pstdev(held) / fmean(held) < 2.5


def test_after_its_validity_the_target_is_rest() -> None:
    who = patient()
    who.see(((0.0, 40.0), (60.0, 40.0)), 5.0)
    bodies = lived(who, 0, 8)
    assert bodies[450].lift > 0.35
    assert max(body.lift for body in bodies[700:]) < 0.01


def test_a_new_target_replaces_the_old_one() -> None:
    who = patient()
    who.see(HOLD_40, 14.0)
    lived(who, 0, 5)
    who.see((), 0.0)
    assert lived(who, 5, 7)[-1].lift < 0.01


@pytest.mark.parametrize(
    ("instruction", "lift", "push"),
    [
        ("lift", 0.5, 0.0),
        ("push", 0.0, 0.5),
        ("hold_hard", 0.97, 0.0),
        ("hold_comfortably", 0.8, 0.0),
        ("quick", 0.9, 0.0),
        ("rest", 0.0, 0.0),
    ],
)
def test_she_does_what_she_hears(instruction: str, lift: float, push: float) -> None:
    who = patient()
    lived(who, 0, 1)
    who.hear(instruction)
    bodies = lived(who, 1, 4)
    assert max(bodies[20].lift, bodies[20].push) < 0.01, "nobody reacts in 0.2 s"
    assert fmean(body.lift for body in bodies[150:]) == pytest.approx(lift, abs=0.03)
    assert fmean(body.push for body in bodies[150:]) == pytest.approx(push, abs=0.01)
    who.hear("let_go")
    assert lived(who, 4, 7)[-1].lift < 0.02


def test_after_a_comfortable_reference_her_target_is_a_share_of_that() -> None:
    who = patient()
    who.hear("hold_comfortably")
    lived(who, 0, 5)
    who.hear("let_go")
    lived(who, 5, 10)
    who.see(((10.0, 50.0), (19.0, 50.0)), 19.0)
    assert fmean(body.lift for body in lived(who, 10, 16)[300:]) == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(
    "holds",
    [
        ["hold_hard", "hold_comfortably"],
        ["hold_comfortably", "hold_hard"],
        ["hold_comfortably", "hold_hard", "hold_comfortably"],
    ],
)
def test_of_several_holds_her_target_is_a_share_of_the_best(holds: list[str]) -> None:
    """Not of the last, nor of a hold that was broken off before its plateau."""
    who = patient()
    for at, instruction in enumerate(holds):
        who.hear(instruction)
        lived(who, 20 * at, 20 * at + 5)
        who.hear("let_go")
        lived(who, 20 * at + 5, 20 * at + 20)
    end = 20 * len(holds)
    who.hear("hold_comfortably")
    lived(who, end, end + 1.5)
    who.hear("let_go")
    lived(who, end + 1.5, end + 20)
    who.see(((end + 20, 50.0), (end + 29, 50.0)), end + 29)
    held = fmean(body.lift for body in lived(who, end + 20, end + 26)[300:])
    assert held == pytest.approx(0.5 * 0.97, abs=0.02)


def test_straining_pushes_with_the_abdomen_instead_of_lifting() -> None:
    bodies = hold("strain")
    assert max(body.lift for body in bodies) < 0.02
    assert fmean(body.push for body in bodies) == pytest.approx(0.28, abs=0.01)
    assert fmean(body.abdomen for body in bodies) > 0.2


def test_over_squeezing_is_more_than_asked() -> None:
    assert fmean(body.lift for body in hold("over_squeeze")) == pytest.approx(0.62, abs=0.02)


def test_glutes_rise_slowly_and_do_the_work() -> None:
    who = patient("glutes")
    who.see(HOLD_40, 14.0)
    bodies = lived(who, 0, 14)
    assert bodies[150].glutes < 0.3
    assert bodies[600].glutes == pytest.approx(0.5)
    assert bodies[600].lift < 0.15


def test_the_abdomen_can_join_in() -> None:
    bodies = hold("abdomen")
    assert fmean(body.abdomen for body in bodies) == pytest.approx(0.6)
    assert fmean(body.lift for body in bodies) == pytest.approx(0.4, abs=0.02)


def test_lagging_is_late_and_no_more() -> None:
    def reached(who: Patient) -> float:
        who.see(HOLD_40, 14.0)
        return next(at for at, body in enumerate(lived(who, 0, 14)) if body.lift > 0.3) / RATE

    assert reached(patient("lag")) - reached(patient()) == pytest.approx(0.5, abs=0.1)
    assert reached(patient(lag_s=1.0)) - reached(patient()) == pytest.approx(0.9, abs=0.1)


def test_breathing_goes_on_unless_it_is_held() -> None:
    assert pstdev(body.breath for body in hold()) > 0.5
    assert pstdev(body.breath for body in hold("hold_breath")) == 0


def test_a_cough_is_short_and_strong() -> None:
    who = patient()
    lived(who, 0, 2)
    who.behave("cough")
    coughs = [abs(body.cough) for body in lived(who, 2, 4)]
    assert 0.7 < max(coughs) < 1.5
    assert sum(cough > 0 for cough in coughs) == pytest.approx(0.3 * RATE, abs=2)


def test_moving_leaves_another_load_that_creeps() -> None:
    who = patient()
    lived(who, 0, 1)
    who.behave("move")
    bodies = lived(who, 1, 60)
    assert abs(bodies[0].posture) > 0.1
    assert abs(bodies[-1].posture) < abs(bodies[0].posture)
    assert abs(bodies[-1].posture) > 0.05


def test_practising_she_contracts_by_herself() -> None:
    assert max(body.lift for body in lived(patient(), 0, 12)) < 0.01
    assert max(body.lift for body in lived(patient("practise"), 0, 12)) > 0.45


def test_lifting_right_ends_everything_else() -> None:
    who = patient("strain", "lag", "glutes")
    who.behave("lift")
    assert who.behaviours == set()
    who.behave("strain")
    who.behave("strain", on=False)
    assert who.behaviours == set()


def tired(share: float) -> Patient:
    who = patient()
    who.muscle = Muscle(0.0, 1 - share, share)
    who.see(((0.0, 50.0), (6.0, 50.0)), 6.0)
    return who


def test_fatigue_slows_rise_and_release_and_makes_her_tremble() -> None:
    fresh, weary = (lived(tired(share), 0, 9) for share in (0.0, 0.4))

    def time_to(bodies: list[Body], above: float) -> int:
        return next(at for at, body in enumerate(bodies) if body.lift > above)

    def time_to_release(bodies: list[Body]) -> int:
        return next(at for at, body in enumerate(bodies[600:]) if body.lift < 0.1)

    assert time_to(weary, 0.4) > 1.4 * time_to(fresh, 0.4)
    assert time_to_release(weary) > 1.4 * time_to_release(fresh)
    spread = [pstdev(body.lift for body in bodies[200:600]) for bodies in (fresh, weary)]
    assert spread[1] > 1.8 * spread[0]


def test_tiring_she_loses_capacity_faster() -> None:
    def capacity(*behaviours: str) -> float:
        who = patient(*behaviours)
        who.see(((0.0, 50.0), (30.0, 50.0)), 30.0)
        lived(who, 0, 30)
        return who.muscle.capacity

    assert capacity() > 0.85
    assert capacity("tire") < 0.65


def test_the_same_seed_is_the_same_woman() -> None:
    def record(seed: int) -> list[Body]:
        who = patient(seed=seed)
        who.see(HOLD_40, 14.0)
        who.behave("cough")
        return lived(who, 0, 10)

    assert record(5) == record(5)
    assert record(5) != record(6)


def test_every_behaviour_changes_something() -> None:
    plain = hold()
    for behaviour in BEHAVIOURS:
        if behaviour in ("lift", "practise"):
            continue
        who = patient()
        who.see(HOLD_40, 14.0)
        lived(who, 0, 3.9)
        who.behave(behaviour)
        assert lived(who, 4, 8) != plain, behaviour
