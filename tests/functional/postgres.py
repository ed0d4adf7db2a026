"""A PostgreSQL server of the tests' own."""
import os
import pathlib
import pwd
import subprocess
import tempfile


class Postgres:
    """One on a Unix socket, in a folder of its own: Debian's package `postgresql`."""

    def __init__(self, programs):
        self.programs = programs
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="spotvane-pg-", dir="/tmp"))  # a socket's path is short
        self.user = []
        if os.geteuid() == 0:  # as whom it does not run
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            user = names.get("postgres", names["nobody"])
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        self.run("initdb", "-D", self.folder / "data", "--auth=trust", "--username=spotvane", "--no-sync",
                 "--encoding=UTF8", "--locale=C.UTF-8")
        self.databases = 0
        self.start()

    def run(self, program, *arguments):
        return subprocess.run([*self.user, self.programs / program, *arguments], cwd=self.folder, check=True,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout

    def start(self):
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o",
                 f"-c listen_addresses= -c fsync=off -c unix_socket_directories={self.folder}", "start")

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-m", mode, "stop")

    def sql(self, database, text):
        return self.run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder,
                        "-U", "spotvane", "-d", database, "-c", text).strip()

    def new_database(self, options=""):
        """The name and the address of one that nothing is in yet."""
        self.databases += 1
        name = f"test{self.databases}"
        self.sql("postgres", f"create database {name} {options}")
        return name, self.address(name)

    def address(self, name, user="spotvane"):
        return f"postgresql://{user}@/{name}?host={self.folder}"
