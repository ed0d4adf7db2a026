"""A MariaDB server of the tests' own: Debian's package `mariadb-server`."""
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

# CloudPITS's database, as its authors describe it.
CLOUDPITS = """
create table data (iddata int primary key auto_increment, name varchar(45), hash varchar(64));
create table instance (name varchar(45) primary key);
create table parameters (idparameters int primary key auto_increment, aph int, apm int, `window` double, np int,
  gens int);
create table experiment (idperformance int primary key auto_increment, data_iddata int,
  parameters_idparameters int, instance_name varchar(45));
create table interpols (idinterpols int primary key auto_increment, parameters_idparameters int, data_iddata int,
  interpols double, datetime datetime);
create table interpsec (idinterpsec int primary key auto_increment, interpsec double,
  experiment_idperformance int, creationDate timestamp null default null);
"""


def is_installed():
    return shutil.which("mariadbd", path="/usr/sbin:/usr/bin") is not None


class MariaDb:
    """One on a Unix socket, in a folder of its own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="spotvane-my-", dir="/tmp"))  # a socket's path is short
        self.socket = self.folder / "socket"
        user = "mysql" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, user)
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data", f"--user={user}",
                        "--auth-root-authentication-method=normal", "--skip-test-db"],
                       check=True, capture_output=True, stdin=subprocess.DEVNULL)
        with open(self.folder / "log", "w") as log:
            self.server = subprocess.Popen(
                ["/usr/sbin/mariadbd", "--no-defaults", f"--datadir={self.folder}/data", f"--user={user}",
                 f"--socket={self.socket}", "--skip-networking", "--innodb-flush-log-at-trx-commit=0",
                 f"--pid-file={self.folder}/pid", "--default-time-zone=+05:00"], stdout=log, stderr=log)
        subprocess.run(["mariadb-admin", "--no-defaults", f"--socket={self.socket}", "--user=root", "--wait=60",
                        "ping"], check=True, capture_output=True)

    def sql(self, text, database=""):
        done = subprocess.run(["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", "--batch",
                               "--skip-column-names", database], input=text, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def address(self, database, user="root"):
        return f"mysql://{user}@localhost/{database}?socket={self.socket}"

    def close(self):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
