/*
 * Preloaded into a process (LD_PRELOAD), records everything that it does to the files of one folder, in order: what a disk would hold
 * after a power cut can be told from that. It can also make the disk fail.
 *
 * DISK_FOLDER: the folder. DISK_LOG: where the records go. DISK_FAULT: a file that, while it is there, holds an operation ('w' writes,
 * 'f' flushes) and the errno that it fails with, such as "w28". DISK_FLUSH_US: how long a flush takes, in microseconds.
 *
 * A record: operation, name (39 bytes), offset, length, then as many bytes as were written.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAX_FDS = 65536, NAME_BYTES = 39 };
/* A record for the folder itself: its entries were flushed. */
static const char THE_FOLDER[] = ".";

struct record {
  char operation;
  char name[NAME_BYTES];
  uint64_t offset;
  uint64_t length;
};

static char *names[MAX_FDS];
static int log_fd = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("DISK_LOG");
  if (path) log_fd = REAL(open)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void record(char operation, const char *name, uint64_t offset, uint64_t length, const void *bytes) {
  struct record header = {.operation = operation, .offset = offset, .length = length};
  strncpy(header.name, name, NAME_BYTES - 1);
  struct iovec parts[] = {{&header, sizeof header}, {(void *)bytes, bytes ? length : 0}};
  int before = errno;
  /* One call, so that a process that is killed leaves a whole record or, at the end, a part that can be told. */
  if (writev(log_fd, parts, 2) < 0) abort();
  errno = before;
}

/* The file's name, if it lies in the folder and is not memory that processes share (-shm): that does not outlive a power cut. */
static const char *watched(const char *path) {
  const char *folder = getenv("DISK_FOLDER");
  if (log_fd < 0 || !folder || !path) return NULL;
  if (strcmp(path, folder) == 0) return THE_FOLDER;
  size_t length = strlen(folder);
  if (strncmp(path, folder, length) != 0 || path[length] != '/') return NULL;
  const char *name = path + length + 1;
  size_t name_length = strlen(name);
  if (name_length > 4 && strcmp(name + name_length - 4, "-shm") == 0) return NULL;
  return name;
}

static int fails(char operation) {
  const char *path = getenv("DISK_FAULT");
  char text[16] = {0};
  int fd = path ? REAL(open)(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return 0;
  ssize_t length = REAL(read)(fd, text, sizeof text - 1);
  REAL(close)(fd);
  if (length <= 0 || text[0] != operation) return 0;
  errno = atoi(text + 1);
  return 1;
}

static const char *name_of(int fd) { return fd >= 0 && fd < MAX_FDS ? names[fd] : NULL; }

static int opened(int fd, const char *name, int is_new) {
  if (fd < 0 || fd >= MAX_FDS || !name) return fd;
  free(names[fd]);
  names[fd] = strdup(name);
  if (is_new) record('c', name, 0, 0, NULL);
  return fd;
}

#define OPEN(function)                                             \
  int function(const char *path, int flags, ...) {                 \
    va_list rest;                                                  \
    va_start(rest, flags);                                         \
    int mode = flags & O_CREAT ? va_arg(rest, int) : 0;            \
    va_end(rest);                                                  \
    const char *name = watched(path);                              \
    int is_new = name && flags & O_CREAT && access(path, F_OK);    \
    if (is_new && fails('w')) return -1;                           \
    return opened(REAL(function)(path, flags, mode), name, is_new); \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (name_of(fd)) {
    free(names[fd]);
    names[fd] = NULL;
  }
  return REAL(close)(fd);
}

#define PWRITE(function, offset_type)                                                    \
  ssize_t function(int fd, const void *bytes, size_t length, offset_type offset) {        \
    const char *name = name_of(fd);                                                      \
    if (!name) return REAL(function)(fd, bytes, length, offset);                         \
    if (fails('w')) return -1;                                                           \
    pthread_mutex_lock(&lock);                                                           \
    ssize_t written = REAL(function)(fd, bytes, length, offset);                         \
    if (written > 0) record('w', name, offset, written, bytes);                          \
    pthread_mutex_unlock(&lock);                                                         \
    return written;                                                                      \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t write(int fd, const void *bytes, size_t length) {
  const char *name = name_of(fd);
  if (!name) return REAL(write)(fd, bytes, length);
  if (fails('w')) return -1;
  pthread_mutex_lock(&lock);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t written = REAL(write)(fd, bytes, length);
  if (written > 0) record('w', name, offset, written, bytes);
  pthread_mutex_unlock(&lock);
  return written;
}

#define TRUNCATE(function, offset_type)                               \
  int function(int fd, offset_type length) {                          \
    const char *name = name_of(fd);                                   \
    if (!name) return REAL(function)(fd, length);                     \
    if (fails('w')) return -1;                                        \
    pthread_mutex_lock(&lock);                                        \
    int result = REAL(function)(fd, length);                          \
    if (result == 0) record('t', name, length, 0, NULL);              \
    pthread_mutex_unlock(&lock);                                      \
    return result;                                                    \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

/* Nothing has to reach the real disk: what counts is that the record says so before the caller is told. */
static int flush(const char *name) {
  const char *takes = getenv("DISK_FLUSH_US");
  if (takes) usleep(atoi(takes));
  int is_failed = fails('f');
  pthread_mutex_lock(&lock);
  record(is_failed ? 'x' : 'f', name, 0, 0, NULL);
  pthread_mutex_unlock(&lock);
  return is_failed ? -1 : 0;
}

int fsync(int fd) { return name_of(fd) ? flush(name_of(fd)) : REAL(fsync)(fd); }
int fdatasync(int fd) { return name_of(fd) ? flush(name_of(fd)) : REAL(fdatasync)(fd); }

int unlink(const char *path) {
  const char *name = watched(path);
  int result = REAL(unlink)(path);
  if (name && result == 0) record('u', name, 0, 0, NULL);
  return result;
}
