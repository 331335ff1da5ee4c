#!/usr/bin/env python3
"""Kills a pipeline at random moments and sees that it goes on: no finished step is done again, and no artifact is lost.

usage: check-pipeline-kills.py APUS PIPELINE.json [--kills 20] [--seed 0]

APUS is the program, PIPELINE.json a pipeline whose files are found from its folder. Each round begins a run in a new folder, kills
it (SIGKILL) at a random moment, lets the same run go on, kills that, and so on, until one comes to its end. Needs Python alone."""
import argparse, os, random, shutil, signal, sqlite3, subprocess, sys, tempfile, time


def steps_done(root):
    """Finished executions by step, from ML Metadata's tables."""
    path = os.path.join(root, "metadata.sqlite")
    if not os.path.exists(path):
        return []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60) as db:
        try:
            return db.execute(
                "SELECT e.id, p.string_value, e.last_known_state FROM Execution e JOIN ExecutionProperty p "
                "ON p.execution_id = e.id AND p.name = 'step' ORDER BY e.id").fetchall()
        except sqlite3.OperationalError:
            return []  # Killed before the tables were made.


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("apus")
    parser.add_argument("pipeline")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    folder = os.path.dirname(os.path.abspath(options.pipeline))
    apus = os.path.abspath(options.apus)
    kills, rounds, longest, problems = 0, 0, 1.0, []
    while kills < options.kills and not problems:
        rounds += 1
        work = tempfile.mkdtemp(prefix="apus-kills-")
        for name in os.listdir(folder):
            if os.path.isfile(os.path.join(folder, name)):
                shutil.copy(os.path.join(folder, name), work)
        root = os.path.join(work, "pipeline-runs")
        command = [apus, "pipeline", "run", os.path.basename(options.pipeline), "--run", "killed"]
        finished = {}
        while True:
            start = time.monotonic()
            process = subprocess.Popen(command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if kills < options.kills:
                try:
                    output, _ = process.communicate(timeout=chance.uniform(0, longest))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    output, _ = process.communicate()
                    kills += 1
            else:
                output, _ = process.communicate()
            done = steps_done(root)
            now = {}
            for number, step, state in done:
                if state in (3, 5):  # COMPLETE, CACHED
                    now.setdefault(step, []).append(number)
            for step, numbers in now.items():
                if len(numbers) > 1:
                    problems.append(f"round {rounds}: '{step}' was done {len(numbers)} times: executions {numbers}")
            for step, number in finished.items():
                if number not in now.get(step, []):
                    problems.append(f"round {rounds}: '{step}' was done and is not any more")
            finished = {step: numbers[0] for step, numbers in now.items()}
            if problems or process.returncode == 0:
                break
            if process.returncode != -signal.SIGKILL:
                problems.append(f"round {rounds}: status {process.returncode}: {output.decode(errors='replace')[-800:]}")
                break
        if not problems:
            longest = max(0.05, time.monotonic() - start) if rounds == 1 and kills == 0 else longest
            checked = subprocess.run([apus, "pipeline", "verify", os.path.basename(options.pipeline)], cwd=work,
                                     capture_output=True, text=True)
            if checked.returncode:
                problems.append(f"round {rounds}: {checked.stdout}{checked.stderr}")
            left = [name for name in os.listdir(os.path.join(root, "working"))]
            if left:
                problems.append(f"round {rounds}: work was left behind: {left}")
            running = [step for _, step, state in done if state == 2]
            if running:
                problems.append(f"round {rounds}: executions still count as running: {running}")
            print(f"round {rounds}: {kills} kills so far, {len(done)} executions for {len(finished)} steps", flush=True)
        shutil.rmtree(work, ignore_errors=True)
    for problem in problems:
        print(problem)
    print(f"{kills} kills in {rounds} rounds: " + ("PROBLEMS" if problems else "no step done twice, no artifact lost"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
