"""From a stored recording to a report: a value first, then one self-contained HTML file.

Stored events are the record: a report prints them as they are stored, replays the session
with the present engine, and says "identical" or what differs.

What may not live here: rules of training (the engine replays, nothing here judges), databases
(a `Repository` is handed in), and writing of files (that is the command line's and the web's).
"""

from __future__ import annotations

from levator.reports.apart import Apart as Apart
from levator.reports.html import curve_html as curve_html
from levator.reports.html import to_html as to_html
from levator.reports.kept import KeptReports as KeptReports
from levator.reports.session_report import SessionReport as SessionReport
from levator.reports.session_report import session_report as session_report
