(* SPDX-License-Identifier: Apache-2.0 *)
(* Polling: signals, and members that look at a semaphore, a signal or event flags.

   Model             C (include/gale/kernel/poll.h, src/kernel/poll.c)
   ORaise, OReset    gale_poll_signal_raise, gale_poll_signal_reset
   OCheck            gale_poll_signal_check
   OSetSem, OSetFlags    what gale_sem_* and gale_event_* do to the objects that are looked at
   OInitMember       gale_poll_event_init_sem, _signal, _event
   OPoll             gale_poll with GALE_NO_WAIT; a blocking poll is this look, repeated at each wake-up
   look              poll_event_look *)

From Coq Require Import List Arith NArith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Inductive object := OnSem (i : nat) | OnSignal (i : nat) | OnFlags (i : nat) (m : N).
Inductive state := NOT_READY | SEM_AVAILABLE | SIGNALED | EVENT_MATCHED.
Record signal := Signal { raised : bool; result : nat }.
Record world := World { sems : nat -> nat; signals : nat -> signal; flags : nat -> N; members : list (object * state) }.

Inductive op := ORaise (i r : nat) | OReset (i : nat) | OCheck (i : nat) | OSetSem (i c : nat) | OSetFlags (i : nat) (f : N)
              | OInitMember (o : object) | OPoll.
(* None: GALE_EAGAIN. *)
Record out := Out { answer : option nat }.

Definition upd {A : Type} (f : nat -> A) (k : nat) (v : A) : nat -> A := fun x => if x =? k then v else f x.

Definition look (w : world) (o : object) : state :=
  match o with
  | OnSem i => if 0 <? sems w i then SEM_AVAILABLE else NOT_READY
  | OnSignal i => if raised (signals w i) then SIGNALED else NOT_READY
  | OnFlags i m => if N.eqb (N.land (flags w i) m) 0 then NOT_READY else EVENT_MATCHED
  end.

Definition is_ready (s : state) : bool := match s with NOT_READY => false | _ => true end.
Definition look_all (w : world) : list (object * state) := map (fun x => (fst x, look w (fst x))) (members w).
Definition set_members (w : world) (l : list (object * state)) : world := World (sems w) (signals w) (flags w) l.

Definition step (w : world) (o : op) : world * out :=
  match o with
  | ORaise i r => (World (sems w) (upd (signals w) i (Signal true r)) (flags w) (members w), Out None)
  | OReset i => (World (sems w) (upd (signals w) i (Signal false 0)) (flags w) (members w), Out None)
  | OCheck i => (w, Out (if raised (signals w i) then Some (result (signals w i)) else None))
  | OSetSem i c => (World (upd (sems w) i c) (signals w) (flags w) (members w), Out None)
  | OSetFlags i f => (World (sems w) (signals w) (upd (flags w) i f) (members w), Out None)
  | OInitMember o => (set_members w (members w ++ [(o, NOT_READY)]), Out None)
  | OPoll => let l := look_all w in
             let n := length (filter (fun x => is_ready (snd x)) l) in
             (set_members w l, Out (if n =? 0 then None else Some n))
  end.

Definition init : world := World (fun _ => 0) (fun _ => Signal false 0) (fun _ => 0%N) [].

Theorem pl01_new_member_is_not_ready w o : In (o, NOT_READY) (members (fst (step w (OInitMember o)))).
Proof. simpl. apply in_or_app. right. now left. Qed.

(* PL02: a member's state changes only by a poll (or by its own initialisation). *)
Theorem pl02_state_changes_only_in_poll w o : o <> OPoll -> exists l, members (fst (step w o)) = members w ++ l.
Proof. intro N. destruct o; try congruence; simpl; try (exists []; now rewrite app_nil_r). eauto. Qed.

Theorem pl03_sem_iff_positive w i : look w (OnSem i) = SEM_AVAILABLE <-> 0 < sems w i.
Proof. simpl. destruct (0 <? sems w i) eqn:E; [apply Nat.ltb_lt in E | apply Nat.ltb_ge in E]; split; auto; try discriminate; lia. Qed.

Theorem pl04_signal_iff_raised w i : look w (OnSignal i) = SIGNALED <-> raised (signals w i) = true.
Proof. simpl. destruct (raised (signals w i)); split; auto; discriminate. Qed.

(* PL05: ready iff some member is; each ready member is named by its state, and the count is theirs. *)
Theorem pl05_ready_iff_some_member_is w :
  (answer (snd (step w OPoll)) <> None <-> exists o s, In (o, s) (members w) /\ is_ready (look w o) = true) /\
  (forall o s, In (o, s) (members (fst (step w OPoll))) -> s = look w o) /\
  map fst (members (fst (step w OPoll))) = map fst (members w).
Proof.
  cbn [step fst snd answer members set_members]. unfold look_all. split; [|split].
  - destruct (length (filter (fun x => is_ready (snd x)) (map (fun x => (fst x, look w (fst x))) (members w))) =? 0) eqn:E.
    + apply Nat.eqb_eq, length_zero_iff_nil in E. split; [congruence|]. intros (o & s & I & R). exfalso.
      assert (J : In (o, look w o) (filter (fun x => is_ready (snd x)) (map (fun x => (fst x, look w (fst x))) (members w)))).
      { apply filter_In. split; auto. apply in_map_iff. exists (o, s). auto. }
      rewrite E in J. contradiction.
    + apply Nat.eqb_neq in E. split; [intros _ | congruence].
      destruct (filter (fun x => is_ready (snd x)) (map (fun x => (fst x, look w (fst x))) (members w))) as [| [o s] l] eqn:F;
        [now simpl in E|].
      assert (J : In (o, s) ((o, s) :: l)) by now left. rewrite <- F in J. apply filter_In in J as [J R].
      apply in_map_iff in J as ([o' s'] & Q & J). simpl in Q. injection Q as <- <-. eauto.
  - intros o s I. apply in_map_iff in I as ([o' s'] & Q & I). simpl in Q. now injection Q as <- <-.
  - rewrite map_map. apply map_ext. auto.
Qed.

(* PL06: what a state was before a poll has no influence on it. *)
Definition forget (w : world) : world := set_members w (map (fun x => (fst x, NOT_READY)) (members w)).
Theorem pl06_every_poll_starts_at_not_ready w : members (fst (step w OPoll)) = members (fst (step (forget w) OPoll)) /\
  snd (step w OPoll) = snd (step (forget w) OPoll).
Proof.
  cbn [step fst snd]. unfold forget, look_all; simpl. rewrite map_map. simpl. split; auto.
Qed.

Theorem pl07_raise_stores_and_marks w i r : signals (fst (step w (ORaise i r))) i = Signal true r /\
  (forall j, j <> i -> signals (fst (step w (ORaise i r))) j = signals w j).
Proof. simpl. unfold upd. rewrite Nat.eqb_refl. split; auto. intros j D. apply Nat.eqb_neq in D. now rewrite D. Qed.

Theorem pl08_reset_clears w i : raised (signals (fst (step w (OReset i))) i) = false /\
  (forall j, j <> i -> signals (fst (step w (OReset i))) j = signals w j).
Proof. simpl. unfold upd. rewrite Nat.eqb_refl. split; auto. intros j D. apply Nat.eqb_neq in D. now rewrite D. Qed.
