"""No more than 1,000 logins a day, whatever happens: over restarts, with a broken file and without one."""

import random

import pytest

from qabot.discord_app.logins import MOST, SECONDS_EACH, Logins

DAY = 86_400.0


class Clock:
    """A clock that is moved by hand."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def most_in_a_day(moments):
    return max(sum(1 for other in moments if moment <= other < moment + DAY) for moment in moments)


def test_a_start_now_and_then_never_waits(tmp_path):
    clock = Clock()
    for _ in range(1000):
        assert Logins(tmp_path / "logins", clock).take() == 0.0
        clock.now += 600


@pytest.mark.parametrize("pause", [0.5, 5.0, 60.0, 149.0])
def test_a_bot_that_is_started_again_and_again(tmp_path, pause):
    clock, logged_in = Clock(), []
    begin = clock.now
    while clock.now < begin + 1.5 * DAY:
        wait = Logins(tmp_path / "logins", clock).take()
        if not wait:
            logged_in.append(clock.now)
        clock.now += max(wait, 0.001) if wait else pause
    assert len(logged_in) > MOST
    assert most_in_a_day(logged_in) <= 1000


def test_after_the_wait_there_is_a_login(tmp_path):
    clock = Clock()
    logins = Logins(tmp_path / "logins", clock)
    while not (wait := logins.take()):
        pass
    assert 0 < wait <= SECONDS_EACH
    clock.now += wait / 2
    assert logins.take() == pytest.approx(wait / 2)
    clock.now += wait / 2 + 0.001
    assert logins.take() == 0.0
    assert logins.take() > 0.0


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1e9, 0]", b"[NaN, 0]", b"[1]", b"{}", b"[400, null]"])
def test_a_broken_file_counts_as_used_up(tmp_path, content):
    clock = Clock()
    (tmp_path / "logins").write_bytes(content)
    assert Logins(tmp_path / "logins", clock).take() == SECONDS_EACH
    clock.now += SECONDS_EACH
    assert Logins(tmp_path / "logins", clock).take() == 0.0


def test_without_a_file_each_start_waits(tmp_path, caplog):
    clock, logged_in = Clock(), []
    (tmp_path / "file").write_text("")
    generator = random.Random(1)
    for _ in range(300):
        logins = Logins(tmp_path / "file" / "logins", clock)
        for _ in range(generator.randrange(1, 4)):
            while wait := logins.take():
                clock.now += max(wait, 0.001)
            logged_in.append(clock.now)
    assert most_in_a_day(logged_in) <= 1000
    assert "make" in caplog.text and "writable" in caplog.text


def test_a_clock_that_is_set_back(tmp_path):
    clock = Clock()
    logins = Logins(tmp_path / "logins", clock)
    while not logins.take():
        pass
    clock.now -= DAY
    assert 0 < logins.take() <= SECONDS_EACH
    clock.now += SECONDS_EACH
    assert logins.take() == 0.0
