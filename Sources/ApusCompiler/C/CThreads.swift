// C of operations whose parts run at the same time.

extension CHelper {
  /// Who runs the parts of an operation.
  static let team = CHelper(
    name: "apus_team",
    text: """
      // Who runs parts of an operation at the same time: at most `threads` of them. NULL: the caller alone.
      typedef struct {
        void (*run)(void *context, int parts, void (*task)(void *argument, int part), void *argument);
        void *context;
        int threads;
      } apus_team;
      // In how many parts `units` of work are done that take about `size` multiplications each.
      static inline int apus_parts(const apus_team *team, long units, long size) {
        if (!team || !team->run || (long long)units * size < 20000) return 1;
        return units < team->threads ? (int)units : team->threads;
      }
      static inline void apus_together(const apus_team *team, int parts, void (*task)(void *, int), void *argument) {
        if (parts > 1) team->run(team->context, parts, task, argument);
        else task(argument, 0);
      }
      """)

  /// Fused formulas in parts.
  static let elements = CHelper(
    name: "apus_elements",
    text: """
      // A formula for `count` elements, or rows of elements.
      typedef struct {
        void (*kernel)(const void *const *in, void *const *out, long start, long end);
        const void *const *in;
        void *const *out;
        long count;
        int parts;
      } apus_elements_work;
      static void apus_elements_part(void *argument, int part) {
        const apus_elements_work *work = (const apus_elements_work *)argument;
        work->kernel(work->in, work->out, work->count * part / work->parts, work->count * (part + 1) / work->parts);
      }
      static void apus_elements(
          const apus_team *team, void (*kernel)(const void *const *, void *const *, long, long), const void *const *in,
          void *const *out, long count, long size) {
        const int parts = apus_parts(team, count, size);
        apus_elements_work work = {kernel, in, out, count, parts};
        apus_together(team, parts, apus_elements_part, &work);
      }
      """)
}

extension CLibrary {
  /// The text of `apus_threads.h`: threads of POSIX for programs that have none to lend to a library of several (`threads`). It is written
  /// beside such libraries by ``CTarget/files``.
  ///
  ///     apus_threads *threads = apus_threads_start(4);
  ///     net_parallel(workspace, apus_threads_run, threads);
  public static let threadsHeader = """
    // Threads of POSIX to lend to libraries made by Apus, as their NAME_parallel takes them:
    //
    //   apus_threads *threads = apus_threads_start(4);
    //   NAME_parallel(workspace, apus_threads_run, threads);
    //   ...
    //   apus_threads_stop(threads);
    //
    // One run at a time may use them. Between the operations of a run they wait awake, and sleep when there is nothing for a while.
    #ifndef APUS_THREADS_H
    #define APUS_THREADS_H
    #include <pthread.h>
    #include <sched.h>
    #include <stdlib.h>

    typedef struct apus_threads {
      pthread_mutex_t lock;
      pthread_cond_t wake;
      void (*task)(void *argument, int part);
      void *argument;
      // Parts of the task in the upper half, and how many of them are taken in the lower one; parts that are not done.
      unsigned work;
      int left, sleeping, stops, count;
      pthread_t workers[];
    } apus_threads;

    // Does one part if there is any.
    static inline int apus_threads_help(apus_threads *threads) {
      unsigned work = __atomic_load_n(&threads->work, __ATOMIC_SEQ_CST);
      while ((work & 0xFFFF) < work >> 16) {
        if (__atomic_compare_exchange_n(&threads->work, &work, work + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
          threads->task(threads->argument, (int)(work & 0xFFFF));
          __atomic_sub_fetch(&threads->left, 1, __ATOMIC_SEQ_CST);
          return 1;
        }
      }
      return 0;
    }

    static inline void apus_threads_pause(void) {
    #if defined(__x86_64__) || defined(__i386__)
      __asm__ volatile("pause");
    #elif defined(__aarch64__)
      __asm__ volatile("isb");
    #endif
    }

    static void *apus_threads_work(void *place) {
      apus_threads *threads = (apus_threads *)place;
      for (;;) {
        int tries = 0;
        while (apus_threads_help(threads)) {}
        while (tries++ < 4000 && !apus_threads_help(threads)) apus_threads_pause();
        if (tries <= 4000) continue;
        pthread_mutex_lock(&threads->lock);
        __atomic_add_fetch(&threads->sleeping, 1, __ATOMIC_SEQ_CST);
        unsigned work = __atomic_load_n(&threads->work, __ATOMIC_SEQ_CST);
        while (!threads->stops && (work & 0xFFFF) >= work >> 16) {
          pthread_cond_wait(&threads->wake, &threads->lock);
          work = __atomic_load_n(&threads->work, __ATOMIC_SEQ_CST);
        }
        __atomic_sub_fetch(&threads->sleeping, 1, __ATOMIC_SEQ_CST);
        const int stops = threads->stops;
        pthread_mutex_unlock(&threads->lock);
        if (stops) return NULL;
      }
    }

    // Calls task(argument, part) for each part below `parts`, and returns when all are done.
    static inline void apus_threads_run(void *place, int parts, void (*task)(void *argument, int part), void *argument) {
      apus_threads *threads = (apus_threads *)place;
      threads->task = task;
      threads->argument = argument;
      __atomic_store_n(&threads->left, parts, __ATOMIC_SEQ_CST);
      __atomic_store_n(&threads->work, (unsigned)parts << 16, __ATOMIC_SEQ_CST);
      if (__atomic_load_n(&threads->sleeping, __ATOMIC_SEQ_CST)) {
        pthread_mutex_lock(&threads->lock);
        pthread_cond_broadcast(&threads->wake);
        pthread_mutex_unlock(&threads->lock);
      }
      while (apus_threads_help(threads)) {}
      for (int tries = 0; __atomic_load_n(&threads->left, __ATOMIC_SEQ_CST); tries++) {
        if (tries < 4000) apus_threads_pause();
        else sched_yield();
      }
    }

    static inline void apus_threads_stop(apus_threads *threads) {
      if (!threads) return;
      pthread_mutex_lock(&threads->lock);
      threads->stops = 1;
      pthread_cond_broadcast(&threads->wake);
      pthread_mutex_unlock(&threads->lock);
      for (int i = 0; i < threads->count; i++) pthread_join(threads->workers[i], NULL);
      pthread_cond_destroy(&threads->wake);
      pthread_mutex_destroy(&threads->lock);
      free(threads);
    }

    // `count` threads, of which the one that runs is one; NULL where there are none to be had.
    static inline apus_threads *apus_threads_start(int count) {
      if (count < 1) return NULL;
      apus_threads *threads = (apus_threads *)calloc(1, sizeof(apus_threads) + (size_t)count * sizeof(pthread_t));
      if (!threads) return NULL;
      if (pthread_mutex_init(&threads->lock, NULL) || pthread_cond_init(&threads->wake, NULL)) {
        free(threads);
        return NULL;
      }
      for (int i = 1; i < count; i++) {
        if (pthread_create(&threads->workers[threads->count], NULL, apus_threads_work, threads)) {
          apus_threads_stop(threads);
          return NULL;
        }
        threads->count++;
      }
      return threads;
    }
    #endif

    """
}
