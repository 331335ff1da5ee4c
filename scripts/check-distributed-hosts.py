#!/usr/bin/env python3
"""Three hosts on one machine: a training over several of them goes on, whatever happens to one.

usage: check-distributed-hosts.py --apus APUS --train TRAIN [--events 20] [--seed 0] [--mpirun FILE] [--keep]

APUS is the command, TRAIN the program of Examples/Distributed. Each host is a network namespace with an address and a host name of its own
and a link of 1 Gbit/s (tc tbf) whose messages take 5 ms (a switch in this program: not every kernel has tc netem). `apus launch` runs on
a fourth, with 2 processes on each host. At random moments one host is cut off (link down), killed (all its processes) or stopped
(SIGSTOP). Checked is that each time the job ends within 15 s with a text that names the host, goes on with the rest from the last
finished checkpoint, and that all losses are those of one process; that nothing of the job stays on a host that was cut off; that the
last checkpoint goes on with 2 processes and with 1. Needs root, ip, tc, /dev/net/tun and Open MPI or MPICH; everything runs under nice 10
and is taken away at the end."""
import argparse, collections, fcntl, json, os, random, re, select, shutil, signal, struct, subprocess, sys, tempfile, threading, time

HOSTS = ["head", "a", "b", "c"]
PREFIX = "apus-"
DELAY = 0.005
LIMIT = 15


def run(*words, check=True):
    done = subprocess.run(words, capture_output=True, text=True)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def address(host):
    return f"10.77.0.{HOSTS.index(host) + 1}"


def make_hosts():
    """The namespaces, and the ends of their links."""
    links = []
    for host in HOSTS:
        name = PREFIX + host
        run("ip", "netns", "add", name)
        os.makedirs(f"/etc/netns/{name}", exist_ok=True)
        with open(f"/etc/netns/{name}/hosts", "w") as file:
            file.write("127.0.0.1 localhost\n" + "".join(f"{address(h)} {h}\n" for h in HOSTS))
        link = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(link, 0x400454CA, struct.pack("16sH", f"apus{host}".encode(), 0x1002))  # TUNSETIFF, IFF_TAP | IFF_NO_PI
        run("ip", "link", "set", f"apus{host}", "netns", name, "name", "eth0")
        for words in (["link", "set", "lo", "up"], ["link", "set", "eth0", "mtu", "9000"],
                      ["addr", "add", f"{address(host)}/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
            run("ip", "-n", name, *words)
        run("tc", "-n", name, "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "1gbit", "burst", "256kb", "latency", "100ms")
        links.append(link)
    return links


def switch(links):
    """Passes frames on, 5 ms after they came. Runs in a process of its own until it is killed."""
    places, waiting = {}, collections.deque()
    while True:
        wait = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for link in select.select(links, [], [], wait)[0]:
            try:
                for _ in range(64):
                    frame = os.read(link, 65536)
                    places[frame[6:12]] = link
                    waiting.append((time.monotonic() + DELAY, link, frame))
            except OSError:
                pass  # Nothing more, or the link is down.
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, source, frame = waiting.popleft()
            target = places.get(frame[:6])
            for link in [target] if target is not None else [l for l in links if l != source]:
                try:
                    os.write(link, frame)
                except OSError:
                    pass


def processes(host):
    return [int(word) for word in run("ip", "netns", "pids", PREFIX + host, check=False).split()]


def ranks(host, program):
    """The processes of a host that run `program`."""
    found = []
    for process in processes(host):
        try:
            if os.readlink(f"/proc/{process}/exe") == program:
                found.append(process)
        except OSError:
            pass  # It has ended.
    return found


def kill_all(host, number=signal.SIGKILL):
    for process in processes(host):
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass


def take_away():
    for host in HOSTS:
        for _ in range(50):
            if not processes(host):
                break
            kill_all(host)
            time.sleep(0.05)
        run("ip", "netns", "del", PREFIX + host, check=False)
        shutil.rmtree(f"/etc/netns/{PREFIX}{host}", ignore_errors=True)


def saved_step(folder):
    """The step of the last checkpoint, from the safetensors file."""
    try:
        with open(folder + "/state.safetensors", "rb") as file:
            length = struct.unpack("<Q", file.read(8))[0]
            begin, end = json.loads(file.read(length))["step"]["data_offsets"]
            file.seek(8 + length + begin)
            return int(struct.unpack("<d", file.read(end - begin))[0])
    except FileNotFoundError:
        return 0


def losses(folder):
    try:
        lines = open(folder + "/losses.txt").read().split("\n")[:-1]
    except FileNotFoundError:
        return []
    return [(int(line.split()[0]), int(line.split()[1]), float(line.split()[2])) for line in lines]


class Leaving:
    """Watches until no rank is left on a host, and says after how many seconds that was; None where it was not within `limit`."""

    def __init__(self, host, program, start, limit):
        self.took = None
        self.thread = threading.Thread(target=self.watch, args=(host, program, start, limit), daemon=True)
        self.thread.start()

    def watch(self, host, program, start, limit):
        while time.monotonic() < start + limit:
            if not ranks(host, program):
                self.took = time.monotonic() - start
                return
            time.sleep(0.1)

    def wait(self):
        self.thread.join()
        return self.took


class Job:
    """`apus launch`, and the lines that it writes."""

    def __init__(self, words):
        self.lines, self.times = [], []
        inside = ["unshare", "--uts", "sh", "-c", 'hostname head; exec "$@"', "sh"] + words
        self.process = subprocess.Popen(["ip", "netns", "exec", PREFIX + "head"] + inside,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self.times.append(time.monotonic())

    def wait(self, pattern, since, seconds):
        """The place of the first line from `since` on that has `pattern`; None where it does not come."""
        end = time.monotonic() + seconds
        while True:
            isOver = self.process.poll() is not None
            for i in range(since, len(self.lines)):
                if re.search(pattern, self.lines[i]):
                    return i
            if isOver or time.monotonic() > end:
                return None
            time.sleep(0.02)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apus", required=True)
    parser.add_argument("--train", required=True)
    parser.add_argument("--events", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--mpirun")
    parser.add_argument("--keep", action="store_true", help="leave the files of the run")
    options = parser.parse_args()
    os.nice(10)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # What was made is taken away then too.
    # UCX, which MPICH uses, sees that the hosts are one machine, and would go through its memory.
    os.environ.update({"APUS_NUM_THREADS": "1", "UCX_TLS": "tcp,self"})
    chance = random.Random(options.seed)
    apus, train = os.path.realpath(options.apus), os.path.realpath(options.train)
    work = tempfile.mkdtemp(prefix="apus-hosts-")
    os.environ["TMPDIR"] = work  # Processes that are killed leave files there.
    agent = work + "/agent"
    with open(agent, "w") as file:
        # As ssh does: a host that cannot be reached is an error, words become one command.
        file.write(f"""#!/bin/sh
while [ "${{1#-}}" != "$1" ]; do shift; done
host=$1; shift
ip -n {PREFIX}$host -br link show dev eth0 up | grep -q eth0 || exit 255
exec ip netns exec {PREFIX}$host unshare --uts sh -c 'hostname "$0"; exec sh -c "$1"' "$host" "$*"
""")
    os.chmod(agent, 0o755)
    launch = [apus, "launch", "--agent", agent, "--restart-delay", "0.2", "--wait", "60"]
    launch += ["--mpirun", options.mpirun] if options.mpirun else []
    problems, times, alone_times, wire = [], [], [], None
    take_away()
    try:
        links = make_hosts()
        wire = os.fork()
        if wire == 0:
            switch(links)
        for link in links:
            pass  # The ends stay open here too: a link lasts as long as somebody holds it.

        # Undisturbed, on three hosts.
        calm = work + "/calm"
        job = Job(launch + ["--hosts", "a:2,b:2,c:2", train, calm, "50"])
        if job.process.wait(300) != 0:
            problems.append("undisturbed: " + "\n".join(job.lines[-20:]))
        print("undisturbed on three hosts: " + "; ".join(line for line in job.lines if "ranks on" in line), flush=True)

        # Disturbed.
        folder, hosts, down = work + "/run", ["a", "b", "c"], None
        job = Job(launch + ["--hosts", "a:2,b:2,c:2", "--min", "2", "--max-restarts", str(options.events * 3), train,
                            folder, "1000000"])
        place = 0
        for event in range(options.events):
            if problems:
                break
            begun = job.wait(r"ranks on", place, 60)
            if begun is None:
                problems.append(f"event {event}: the job did not begin: " + "\n".join(job.lines[-20:]))
                break
            used = re.search(r"ranks on ([a-c, ]+):", job.lines[begun])[1].split(", ")
            if down:  # The rest has begun; the lost host comes back.
                # Ranks there end by themselves: one misses others, and tells those that it can reach.
                if kind == "cut off":
                    alone = leaving.wait()
                    if alone is None:
                        problems.append(f"event {event}: {len(ranks(down, train))} ranks are left on {down}, which was cut off")
                    else:
                        alone_times.append(alone)
                kill_all(down)
                run("ip", "-n", PREFIX + down, "link", "set", "eth0", "up")
            # At any moment of the 25 steps that follow, however fast the machine is.
            wanted, end = len(losses(folder)) + chance.randint(0, 25), time.monotonic() + 60
            while len(losses(folder)) < wanted and time.monotonic() < end and job.process.poll() is None:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.5))
            down, kind = chance.choice(used), chance.choice(["cut off", "killed", "stopped"])
            place, start, before = len(job.lines), time.monotonic(), saved_step(folder)
            if kind == "cut off":
                run("ip", "-n", PREFIX + down, "link", "set", "eth0", "down")
                leaving = Leaving(down, train, start, LIMIT)
            else:
                if kind == "stopped":
                    kill_all(down, signal.SIGSTOP)
                else:
                    # A host that loses its power is not there at the next moment either.
                    run("ip", "-n", PREFIX + down, "link", "set", "eth0", "down")
                    kill_all(down)
            ended = job.wait(r"^apus launch: .*train: ", place, LIMIT + 10)
            if ended is None:
                problems.append(f"event {event}: {down} {kind}: the job has not ended: " + "\n".join(job.lines[place:][-20:]))
                break
            took = job.times[ended] - start
            if kind == "stopped":  # An agent of such a host would not answer.
                run("ip", "-n", PREFIX + down, "link", "set", "eth0", "down")
            again = job.wait(r"^apus launch: restart", ended, 70)
            text = job.lines[ended:again]
            if took > LIMIT:
                problems.append(f"event {event}: {down} {kind}: the job ended after {took:.1f} s")
            if not any(re.search(rf"\({down}\)|on {down} |no answer from .*{down}", line) for line in text):
                problems.append(f"event {event}: {down} {kind}: its end does not name the host: " + "\n".join(text))
            place = again if again is not None else ended
            begun = job.wait(r"from step \d+", place, 90)
            if begun is None:
                problems.append(f"event {event}: {down} {kind}: it did not begin again: " + "\n".join(job.lines[place:][-20:]))
                break
            first = int(re.search(r"from step (\d+)", job.lines[begun])[1])
            if first < before:
                problems.append(f"event {event}: {down} {kind}: checkpoint {before} was finished, and it began at {first}")
            times.append(took)
            print(f"event {event}: {down} {kind} at step {before}+: ended after {took:.1f} s: {text[0][:150]}; "
                  f"{job.lines[begun]}", flush=True)
        # It goes on with all, and then ends when it is asked to.
        if not problems:
            seen = len(losses(folder))
            while len(losses(folder)) < seen + 5 and job.process.poll() is None:
                time.sleep(0.1)
            job.process.send_signal(signal.SIGTERM)
            start = time.monotonic()
            job.process.wait(60)
            print(f"asked to end: {time.monotonic() - start:.1f} s, status {job.process.returncode}", flush=True)
        else:
            job.process.send_signal(signal.SIGTERM)
            time.sleep(1)

        # The last checkpoint on 2 processes and on 1.
        step = saved_step(folder)
        if not problems:
            run("ip", "-n", PREFIX + down, "link", "set", "eth0", "up")
            for count in (2, 1):
                step += 20
                words = launch + ["--hosts", "a:2", "-n", "2", train] if count == 2 else [train]
                job = Job(words + [folder, str(step)])
                if job.process.wait(120) != 0:
                    problems.append(f"on {count}: " + "\n".join(job.lines[-20:]))

        # One process that nothing disturbs.
        alone = work + "/alone"
        Job([train, alone, str(max([step, 50] + [line[0] for line in losses(folder)]))]).process.wait(600)
        expected = {line[0]: line[2] for line in losses(alone)}
        for name in (calm, folder):
            found = losses(name)
            wrong = [line for line in found if abs(line[2] - expected[line[0]]) > 1e-6 * abs(expected[line[0]])]
            for line in wrong[:5]:
                problems.append(f"step {line[0]} on {line[1]} ranks: loss {line[2]}, and alone {expected[line[0]]}")
            if not wrong and found:
                worst = max(abs(line[2] - expected[line[0]]) / abs(expected[line[0]]) for line in found)
                counts = ", ".join(f"{n} ranks: {c}" for n, c in sorted(collections.Counter(l[1] for l in found).items()))
                print(f"{os.path.basename(name)}: {len(found)} losses ({counts}) are those of one process, within {worst:.1e}")
    finally:
        if wire:
            os.kill(wire, signal.SIGKILL)
            os.waitpid(wire, 0)
        take_away()
        if options.keep:
            print(work)
        else:
            shutil.rmtree(work, ignore_errors=True)
    for problem in problems:
        print("PROBLEM", problem)
    if times:
        print(f"{len(times)} events: ended after {min(times):.1f} to {max(times):.1f} s")
    if alone_times:
        print(f"{len(alone_times)} hosts that were cut off: no rank was left there after {min(alone_times):.1f} to {max(alone_times):.1f} s")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
