"""The words that the pages at home put together while they are shown."""

from __future__ import annotations

import json
from collections.abc import Callable

from markupsafe import Markup

from levator.texts import Speaker, mark

#: Name in the scripts -> words.
WORDS = {
    "moment": mark("One moment"),
    "no_plan": mark("Your exercises are not on this phone yet"),
    "no_plan_why": mark("Connect to the internet once. After that they are here without it too."),
    "gone": mark("You are signed out"),
    "gone_why": mark("Sign in to see your exercises."),
    "nothing_asked": mark("Nothing to do at home yet"),
    "nothing_asked_why": mark("Your therapist chooses exercises with you. They will stand here."),
    "over": mark("Your plan has run out"),
    "over_why": mark(
        "Connect to the internet to get the next days. Until then do not train; the advice stays."
    ),
    "asks": mark("How are you today?"),
    "stopped": mark("Do not train now"),
    "pained": mark("Do not train now"),
    "pained_why": mark("Pain ended your session. Rest for today."),
    "closed": mark("That is enough for today"),
    "closed_why": mark("You have done at least all that was asked. Rest is part of training."),
    "elsewhere": mark("Today is on another phone"),
    "elsewhere_named": mark("Today is on %(phone)s"),
    "elsewhere_why": mark(
        "A day is done on one phone, so that nothing is done twice. With internet you can take it "
        "over here."
    ),
    "no_pain": mark("no pain"),
    "worst": mark("worst"),
    "so": mark("Yes, this is right"),
    "not_so": mark("No, back to the question"),
    "only_stopped": mark("No, I only wanted to stop"),
    "told_red_flags": mark("You told us: %(answer)s. Is this right?"),
    "told_pain": mark("You told us: pain %(answer)s. Is this right?"),
    "told_birth": mark("You told us that your baby has been born. Is this right?"),
    "told_leak": mark("You told us that you leak more today than you are used to. Is this right?"),
    "told_pressed": mark("You pressed Pain. Is this right?"),
    "stays_red_flags": mark(
        "Once told, it stays: there are no exercises until your therapist opens them again. Was it "
        "a mistake? Call your therapist, who can put it right."
    ),
    "stays_pain": mark(
        "Then there are no exercises now. You can tell anew how much pain you have."
    ),
    "stays_birth": mark(
        "Once told, it stays for today; tomorrow you are asked again. Was it a mistake? Tell your "
        "therapist."
    ),
    "stays_leak": mark(
        "Once told, it stays for today; tomorrow you are asked again. Was it a mistake? Tell your "
        "therapist."
    ),
    "stays_pressed": mark("After pain there are no more exercises today."),
    "begin": mark("Begin"),
    "tapped": mark("Done without the timer"),
    "all_done": mark("All done for today"),
    "times": mark("%(done)s of %(asked)s times"),
    "size": mark("%(repetitions)s × · %(minutes)s min"),
    "seconds": mark("%(seconds)s s"),
    "round": mark("%(now)s of %(all)s"),
    "ready": mark("Get ready"),
    "rise": mark("Tighten"),
    "hold": mark("Hold"),
    "fall": mark("Let go"),
    "rest": mark("Rest"),
    "paused": mark("Paused"),
    "paused_why": mark("Let go. It goes on at the start of this one."),
    "tap_to_go_on": mark("Tap anywhere to go on."),
    "tap_to_pause": mark("Tap anywhere to pause."),
    "breathe_in": mark("breathe in"),
    "breathe_out": mark("breathe out"),
    "on": mark("on"),
    "off": mark("off"),
    "after_done": mark("Well done"),
    "after_stopped": mark("Stopped"),
    "after_tapped": mark("Noted"),
    "after_pain": mark("Let go and rest"),
    "kept_here": mark("Kept on this phone."),
    "kept_in_page": mark("Kept only while this page is open."),
    "no_line": mark("No internet now. It is sent when there is."),
    "out": mark("You are signed out."),
    "signed_out": mark("You are signed out. Sign in to send it."),
    "not_hers": mark("This account has no exercises at home. Ask your clinic."),
    "disk_full": mark(
        "This phone is full: the last thing could not be kept. Leave this page open and connect to "
        "the internet, then it goes to the clinic. Make some room on the phone too."
    ),
    "clock_off": mark("The clock of this phone is wrong. The clinic's clock counts here."),
    "time": mark("Time"),
    "remove": mark("Remove"),
    "kept_there": mark("Kept."),
    "no_line_now": mark("No internet now. Try it again later."),
    "unsent_first": mark(
        "The clinic does not have everything yet: connect to the internet, end an exercise that is "
        "still open, and try again."
    ),
    "feed_made": mark("Copy this link into your calendar now; it is shown only once."),
    "feed_made_off": mark(
        "Copy this link into your calendar now; it is shown only once. Reminders are off: turn "
        "them on above, or the calendar stays empty."
    ),
    "feed_ended": mark("The link has ended."),
    "push_refused": mark("This phone does not allow notifications. Allow them in its settings."),
    "take_back": mark("Take back"),
    "taken_back": mark("Taken back. Your therapist sees that."),
    "weekdays": mark("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
    "months": mark(
        "January February March April May June July August September October November December"
    ),
    "day": mark("%(weekday)s %(day)s %(month)s"),
    "until": mark("Until %(day)s"),
    "plan_until": mark("On this phone until %(day)s, also without internet."),
    "adherence": mark("So far %(done)s of %(asked)s times."),
    "drink": mark("Something to drink"),
    "void": mark("On the toilet"),
    "leak": mark("Leaked"),
    "urge": mark("Urge"),
    "urge_of": mark("urge %(urge)s of %(most)s"),
    "ml": mark("%(amount)s ml"),
}
#: The same, where the words hang on a count.
COUNTED: dict[str, Callable[[Speaker, int], str]] = {
    "asks_first": lambda say, n: say.ngettext(
        "One short question, then your exercises.",
        "%(count)s short questions, then your exercises.",
        n,
    ),
    "left": lambda say, n: say.ngettext("Once more today", "%(count)s more times today", n),
    "a_day": lambda say, n: say.ngettext("Once a day", "%(count)s times a day", n),
    "unsent": lambda say, n: say.ngettext(
        "%(count)s thing not sent yet.", "%(count)s things not sent yet.", n
    ),
}


def words_in(say: Speaker) -> Markup:
    """Return all of them as JSON, safe inside a script element."""
    found: dict[str, object] = {name: say.gettext(text) for name, text in WORDS.items()}
    found |= {name: [both(say, n) for n in (1, 2)] for name, both in COUNTED.items()}
    told = json.dumps(found, ensure_ascii=False)
    return Markup(told.replace("<", "\\u003c"))
