# The manager's part: what is done is in the file progress.json.

class Progress:
    """What the manager's spotvane reads: written aside and renamed, so it is whole whenever that looks."""

    def __init__(self):
        self.state = {"state": "starting", "done": 0, "failed": 0}
        self.lock = threading.Lock()
        self.is_new = threading.Event()
        self.write()
        threading.Thread(target=self.keep_writing, daemon=True).start()

    def write(self):
        with self.lock:
            with open("progress.tmp", "w") as file:
                json.dump(self.state, file)
            os.rename("progress.tmp", "progress.json")

    def keep_writing(self):
        while True:
            self.is_new.wait()
            self.is_new.clear()
            self.write()
            threading.Event().wait(0.05)

    def count(self, what):
        self.state[what] += 1
        self.is_new.set()

    def end(self, state, error=""):
        self.state.update(state=state, error=error)
        self.write()


def watch_threads(progress):
    """A thread that dies takes the job with it, and nobody would hear of it."""

    def died(what):
        frames = {}
        trace = what.exc_traceback
        while trace:
            frames[trace.tb_frame.f_code.co_name] = trace.tb_frame.f_locals
            trace = trace.tb_next
        sys.__excepthook__(what.exc_type, what.exc_value, what.exc_traceback)
        # Its job manager runs off the end of its list where the last task was committed meanwhile.
        is_at_end = "jobmanager" in frames and not frames["jobmanager"].get("tasklist")
        if ("jobmanager" in frames or "committer" in frames) and not is_at_end:
            progress.end("failed", "PY-PITS's job manager fell over: %s: %s" % (what.exc_type.__name__, what.exc_value))
            os._exit(1)

    threading.excepthook = died


def manage(config):
    progress = Progress()
    try:
        program = load_program(config, "jm")
    except Trouble as trouble:
        progress.end("failed", str(trouble))
        return 1
    watch_threads(progress)
    binary = program.JobBinary
    commit, main, parse = binary.spits_committer_commit_pit, binary.spits_main, program.parse_global_config
    statuses = []

    def counting_commit(self, *args):
        status = commit(self, *args)
        progress.count("failed" if status else "done")
        return status

    def watched_main(self, argv, runner):
        def run(*args):
            status, data = runner(*args)
            statuses.append(status)
            return status, data
        progress.end("running")
        statuses.append(main(self, argv, run))
        judge(progress, config, statuses)
        return statuses[-1]

    def parse_and_set(args):
        parse(args)  # which takes whole seconds only
        program.jm_send_backoff = program.jm_recv_backoff = config["backoff"]

    binary.spits_committer_commit_pit, binary.spits_main = counting_commit, watched_main
    program.parse_global_config = parse_and_set
    try:
        run_program(program, config, ["--jobid=" + config["run"], "--ctimeout=5", "--htimeout=5", "--rtimeout=30"])
    except SystemExit as end:
        if end.code:
            progress.end("failed", "PY-PITS's job manager ended with status %s" % end.code)
    except Exception as error:
        progress.end("failed", "PY-PITS's job manager fell over: %s: %s" % (type(error).__name__, error))
    sys.stdout.flush()
    os._exit(0 if progress.state["state"] == "done" else 1)


def judge(progress, config, statuses):
    bad = [status for status in statuses if status]
    result = config["result"]
    if bad:
        progress.end("failed", "the module ended its job with status %d" % bad[0])
    elif result and not (os.path.isfile(result) and os.path.getsize(result) > 0):
        progress.end("failed", "the module left no result in '%s'" % os.path.abspath(result))
    else:
        progress.end("done")


main_of(manage)
