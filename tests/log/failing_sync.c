/* Syncs that fail while the file named in FAILING_SYNC exists, as those of a disk that has errors. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int failing(void)
{
    const char *name = getenv("FAILING_SYNC");
    if (name == NULL || access(name, F_OK) != 0)
        return 0;
    errno = EIO;
    return 1;
}

int fsync(int file)
{
    return failing() ? -1 : (int)syscall(SYS_fsync, file);
}

int fdatasync(int file)
{
    return failing() ? -1 : (int)syscall(SYS_fdatasync, file);
}
