#!/usr/bin/env python3
"""Measured training steps beside those that the planner's simulator gives.

usage: check-plan.py PROGRAM [--only ENVIRONMENT,...] [--seconds 1.5] [--file FILE] [--mpirun mpirun]

PROGRAM is the test program. In each environment two processes measure their link, and trainings run on 1 to 4 processes of one thread; the simulator
then gets what one process takes, what two take beside each other (both measured right before the rows), and the links. Environments: `memory`, one host; `1gbit`, `200mbit`: hosts as network
namespaces with a link of that rate (tc tbf); `1gbit-5ms`, `100mbit-1ms`: with a delay as well (a switch in this program). All run on the cores of
this machine, which the simulator knows. Namespaces need root, ip, tc and /dev/net/tun. Everything is taken away at the end."""
import argparse, collections, fcntl, os, select, shutil, signal, struct, subprocess, sys, tempfile, time

PREFIX = "apusplan-"
# Rate, burst, delay in seconds, ranks of a host.
LINKS = {
    "1gbit": ("1gbit", "96kb", 0, 1),
    "200mbit": ("200mbit", "64kb", 0, 1),
    "1gbit-5ms": ("1gbit", "256kb", 0.005, 1),
    "100mbit-1ms": ("100mbit", "64kb", 0.001, 1),
}
ROWS = {
    "memory": {
        1: ["mlp:data", "gpt:data", "conv:data"],
        2: ["mlp:data", "gpt:data", "conv:data", "mlp:zero1", "mlp:zero3", "gpt:zero3", "gpt:tensor", "mlp:gpipe:4", "gpt:1f1b:4"],
        3: ["gpt:data", "mlp:zero3", "gpt:1f1b:6"],
        4: ["mlp:data", "gpt:1f1b:8", "gpt:data2xtensor", "gpt:data2x1f1b:4"],
    },
    "1gbit": {2: ["mlp:data", "gpt:data", "conv:data", "mlp:zero1", "mlp:zero3", "gpt:tensor", "gpt:gpipe:4", "mlp:1f1b:4"],
              3: ["gpt:data", "mlp:zero3"], 4: ["gpt:data", "gpt:data2x1f1b:4"]},
    "200mbit": {2: ["mlp:data", "gpt:data", "gpt:zero3", "gpt:1f1b:4"]},
    "1gbit-5ms": {2: ["gpt:data", "conv:data", "gpt:tensor", "gpt:1f1b:4"], 3: ["gpt:data"]},
    "100mbit-1ms": {2: ["gpt:data", "mlp:1f1b:4"]},
}


def run(*words, check=True):
    done = subprocess.run(words, capture_output=True, text=True)
    if check and done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def address(i):
    return f"10.78.0.{i + 1}"


def make_hosts(count, rate, burst, delay):
    """Namespaces; with a delay the ends of their links, without it they are joined by a bridge."""
    links = []
    if not delay:
        run("ip", "link", "add", "apusplanbr", "type", "bridge")
        run("ip", "link", "set", "apusplanbr", "up")
    for i in range(count):
        name = f"{PREFIX}{i}"
        run("ip", "netns", "add", name)
        os.makedirs(f"/etc/netns/{name}", exist_ok=True)
        with open(f"/etc/netns/{name}/hosts", "w") as file:
            file.write("127.0.0.1 localhost\n" + "".join(f"{address(h)} plan{h}\n" for h in range(count)))
        if delay:
            link = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(link, 0x400454CA, struct.pack("16sH", f"apusplan{i}".encode(), 0x1002))  # TUNSETIFF, IFF_TAP | IFF_NO_PI
            run("ip", "link", "set", f"apusplan{i}", "netns", name, "name", "eth0")
            links.append(link)
        else:
            run("ip", "link", "add", f"apusplan{i}", "type", "veth", "peer", "name", "eth0", "netns", name)
            run("ip", "link", "set", f"apusplan{i}", "master", "apusplanbr", "up")
        for words in (["link", "set", "lo", "up"], ["link", "set", "eth0", "mtu", "9000" if delay else "1500"],
                      ["addr", "add", f"{address(i)}/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
            run("ip", "-n", name, *words)
        # Rates that follow what was sent before (bbr) fall behind between messages that are far apart; most clusters have cubic or reno.
        if "bbr" in open("/proc/sys/net/ipv4/tcp_congestion_control").read():
            run("ip", "netns", "exec", name, "sh", "-c", "for c in cubic reno; do echo $c > /proc/sys/net/ipv4/tcp_congestion_control && break; done")
        run("tc", "-n", name, "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", rate, "burst", burst, "latency", "100ms")
    return links


def switch(links, delay):
    """Passes frames on, so long after they came. Runs in a process of its own until it is killed."""
    places, waiting = {}, collections.deque()
    while True:
        wait = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        for link in select.select(links, [], [], wait)[0]:
            try:
                for _ in range(64):
                    frame = os.read(link, 65536)
                    places[frame[6:12]] = link
                    waiting.append((time.monotonic() + delay, link, frame))
            except OSError:
                pass  # Nothing more.
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, source, frame = waiting.popleft()
            target = places.get(frame[:6])
            for link in [target] if target is not None else [l for l in links if l != source]:
                try:
                    os.write(link, frame)
                except OSError:
                    pass


def take_away():
    for i in range(4):
        name = f"{PREFIX}{i}"
        for _ in range(50):
            pids = run("ip", "netns", "pids", name, check=False).split()
            if not pids:
                break
            for pid in pids:
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.05)
        run("ip", "netns", "del", name, check=False)
        shutil.rmtree(f"/etc/netns/{name}", ignore_errors=True)
    run("ip", "link", "del", "apusplanbr", check=False)


class Runner:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.lines = []
        self.agent = work + "/agent"
        with open(self.agent, "w") as file:
            file.write(f"""#!/bin/sh
while [ "${{1#-}}" != "$1" ]; do shift; done
host=$1; shift
exec ip netns exec {PREFIX}${{host#plan}} unshare --uts sh -c 'hostname "$0"; exec sh -c "$1"' "$host" "$*"
""")
        os.chmod(self.agent, 0o755)

    def case(self, name, ranks, rows=(), hosts=None):
        environment = {"APUS_DISTRIBUTED_CASE": name, "APUS_NUM_THREADS": "1", "APUS_PLAN_ROWS": " ".join(rows),
                       "APUS_PLAN_SECONDS": str(self.options.seconds), "OMPI_ALLOW_RUN_AS_ROOT": "1",
                       "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
        environment.update({name: value for name, value in os.environ.items() if name.startswith("APUS_")})
        words = [self.options.mpirun, "-n", str(ranks), "--oversubscribe", "--bind-to", "none"]
        if hosts:
            words += ["--host", ",".join(f"plan{h}" for h in range(hosts)), "--mca", "plm_rsh_agent", self.agent,
                      "--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", "eth0", "--mca", "oob_tcp_if_include", "eth0",
                      "--prefix", self.options.prefix] + [w for n in environment for w in ("-x", n)]
            words = ["ip", "netns", "exec", f"{PREFIX}0", "unshare", "--uts", "sh", "-c", 'hostname plan0; exec "$@"', "sh"] + words
        words += [self.options.program, "--testing-library", "swift-testing", "--no-parallel", "--filter",
                  "ApusDistributedTests.Worker"]
        done = subprocess.run(words, env={**os.environ, **environment, "TMPDIR": self.work}, capture_output=True, text=True, timeout=300)
        found = [line for line in done.stdout.split("\n") if line.startswith("plan ")]
        if done.returncode:
            print(f"{name} of {ranks} failed: " + "\n".join((done.stdout + done.stderr).split("\n")[-15:]), flush=True)
        for line in found:
            print(line, flush=True)
        self.lines += found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--only", default="")
    parser.add_argument("--rows", default="", help="those rows alone that begin with one of these texts")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--file", default="", help="keep the measured lines there; what is there already is used")
    parser.add_argument("--mpirun", default="mpirun.openmpi" if shutil.which("mpirun.openmpi") else "mpirun")
    parser.add_argument("--prefix", default="/usr")
    options = parser.parse_args()
    options.program = os.path.realpath(options.program)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    only = [name for name in options.only.split(",") if name] or list(ROWS)
    wanted = [name for name in options.rows.split(",") if name]
    work = tempfile.mkdtemp(prefix="apus-plan-")
    runner = Runner(options, work)
    wire = None
    begin = time.monotonic()
    if options.file and os.path.exists(options.file):
        runner.lines = [line for line in open(options.file).read().split("\n") if line]
    try:
        runner.lines.append(f"plan cores {os.cpu_count()}")
        for environment in only:
            rows = {n: [r for r in list_ if not wanted or any(r.startswith(w) for w in wanted)] for n, list_ in ROWS[environment].items()}
            rate = LINKS.get(environment)
            runner.lines.append(f"plan environment {environment} {rate[3] if rate else 0}")
            print(runner.lines[-1], flush=True)
            hosts = 0
            if rate:
                take_away()
                hosts = max(rows)
                links = make_hosts(hosts, *rate[:3])
                if links:
                    wire = os.fork()
                    if wire == 0:
                        switch(links, rate[2])
            runner.case("planLink", 2, hosts=2 if rate else None)
            for ranks, list_ in rows.items():
                if list_:
                    # In the same minute, since neighbours of a virtual machine come and go.
                    names = sorted({row.split(":")[0] for row in list_})
                    for count in range(1, min(2, os.cpu_count()) + 1):
                        runner.case("planProfile", count, names)
                    runner.case("planRows", ranks, list_, hosts=ranks if rate else None)
            if wire:
                os.kill(wire, signal.SIGKILL)
                os.waitpid(wire, 0)
                wire = None
                for link in links:
                    os.close(link)
            if rate:
                take_away()
    finally:
        if wire:
            os.kill(wire, signal.SIGKILL)
        take_away()
        if options.file:
            open(options.file, "w").write("\n".join(runner.lines) + "\n")
    file = work + "/lines"
    open(file, "w").write("\n".join(runner.lines) + "\n")
    environment = {"APUS_DISTRIBUTED_CASE": "planCompare", "APUS_PLAN_FILE": file, "APUS_NUM_THREADS": "1"}
    done = subprocess.run([options.program, "--testing-library", "swift-testing", "--no-parallel", "--filter",
                           "ApusDistributedTests.Worker"], env={**os.environ, **environment}, capture_output=True, text=True)
    print("\n".join(line for line in done.stdout.split("\n") if "Test " not in line and "Suite" not in line))
    print(f"{time.monotonic() - begin:.0f} s")
    shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
