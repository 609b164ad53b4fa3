"""The error tree. The class says who is at fault, the sentence says what to do.

LevatorError
|- CallerError            what was asked cannot be done as asked
|  |- UnitError           a number without its unit, or in another one
|  `- LimitError          a dose over a limit
|- ContentError           a library file or a recording is not as it should be
|  |- LibraryError        file, line and reason
|  `- RecordingError      a foreign, truncated or contradicting recording
|- DeviceError            the sensor
|  |- DeviceNotFoundError nothing answers at that address
|  `- DeviceLostError     it was there and is gone
`- StorageError           the database

Anything else that is raised is a bug in levator. Every message is one plain sentence for
the person who can mend it, with the remedy; it never holds a patient's data.
"""

from __future__ import annotations


class LevatorError(Exception):
    """Base of all errors that a person can mend."""


class CallerError(LevatorError):
    """What was asked cannot be done as asked."""


class UnitError(CallerError):
    """A number without its unit, or in another unit than needed."""


class LimitError(CallerError):
    """A dose over a limit."""


class ContentError(LevatorError):
    """A library file or a recording is not as it should be."""


class LibraryError(ContentError):
    """A library file is wrong; the message names file, place and reason."""


class RecordingError(ContentError):
    """A recording is foreign, truncated or contradicts itself."""


class DeviceError(LevatorError):
    """The sensor does not do its part."""


class DeviceNotFoundError(DeviceError):
    """Nothing answers at that address."""


class DeviceLostError(DeviceError):
    """The sensor was there and is gone."""


class StorageError(LevatorError):
    """The database does not do its part."""
