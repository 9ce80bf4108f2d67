"""What is this machine, however it is written, and what only looks like it."""

import pytest

from tryon_core.storage.loopback import is_loopback

HERE = "localhost LOCALHOST localhost. s3.localhost 127.0.0.1 127.8.9.10 ::1 [::1] [::1%lo] 0.0.0.0 [::]"
SHORT = "::ffff:127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1"
ELSEWHERE = "localhost.example.org notlocalhost 10.0.0.1 128.0.0.1 127.0.0.1.example.org 192.168.0.1 [fe80::1] 8.8.8.8"
NO_HOST = ["", " ", "127.0.0.1 x", "999.1.1.1", "face", "127.0.0.1:80", "a" * 5000]


@pytest.mark.parametrize("host", [*HERE.split(), *SHORT.split()])
def test_this_machine_is_known_however_written(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", [*ELSEWHERE.split(), *NO_HOST])
def test_other_hosts_are_not_this_machine(host):
    assert not is_loopback(host)
