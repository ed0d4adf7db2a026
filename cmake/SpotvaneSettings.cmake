# Every target of ours links spotvane::settings privately, so flags never leak into third-party code.
add_library(spotvane_settings INTERFACE)
add_library(spotvane::settings ALIAS spotvane_settings)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Sanitized tests run twice as fast with some optimisation as with none; -Og is the cheapest to compile, and -g1
# keeps backtraces.
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

find_program(SPOTVANE_CCACHE ccache)
if(SPOTVANE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SPOTVANE_CCACHE})
endif()
find_program(SPOTVANE_MOLD mold)
if(SPOTVANE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

target_compile_options(spotvane_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wswitch-enum -Wextra-semi
  -ffp-contract=off)  # the same archive gives the same score on every machine

# g++ 12 reports std::string and std::optional internals at -O2 and above (e.g. GCC bug 105329).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(spotvane_settings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()

# Of files compiled together g++ takes all for headers, where a class with members of unnamed namespaces would be
# a mistake.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(spotvane_settings INTERFACE -Wno-subobject-linkage)
endif()

# libstdc++ 12's std::stable_sort uses what libstdc++ 12 calls deprecated; only clang tells.
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_compile_options(spotvane_settings INTERFACE -Wno-deprecated-declarations)
endif()

set(SPOTVANE_SANITIZERS "" CACHE STRING "Comma-separated, e.g. address,undefined or thread")
if(SPOTVANE_SANITIZERS)
  target_compile_options(spotvane_settings INTERFACE
    -fsanitize=${SPOTVANE_SANITIZERS} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(spotvane_settings INTERFACE -fsanitize=${SPOTVANE_SANITIZERS})
  # A test before every use of a pointer is half of g++'s time. A null pointer traps without it; of the other two
  # the clang preset tells.
  if(SPOTVANE_SANITIZERS MATCHES undefined AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(spotvane_settings INTERFACE -fno-sanitize=null,alignment,object-size)
  endif()
endif()

option(SPOTVANE_FUZZING "Let libFuzzer see which branches are taken; clang only" OFF)
if(SPOTVANE_FUZZING)
  target_compile_options(spotvane_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()
